// What a browser does behind the back of a page: closes its connection (an iPad does so to pages in the background,
// others when a site is cleared), or breaks off a transaction (the disk failed).

const fates = new Map();

const transaction = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...args) {
  fates.get(this.name)?.begin?.(this);
  return transaction.apply(this, args);
};

for (const method of ["add", "put"]) {
  const write = IDBObjectStore.prototype[method];
  IDBObjectStore.prototype[method] = function (...args) {
    const request = write.apply(this, args);
    fates.get(this.transaction.db.name)?.written?.(this);
    return request;
  };
}

/** Before every nth transaction on this database, `times` times at most, its connection is closed. */
export function close_before(name, nth, times) {
  let begun = 0;
  const begin = (database) => {
    begun += 1;
    if (begun % nth === 0 && times > 0) {
      times -= 1;
      database.close();
    }
  };
  fates.set(name, { begin });
}

/** The next transaction that writes is broken off after its first write has succeeded, as where a disk fails. */
export function abort_next(name) {
  const written = (store) => {
    fates.delete(name);
    store.count().onsuccess = () => store.transaction.abort();
  };
  fates.set(name, { written });
}

/** From now on all goes well. */
export function let_be(name) {
  fates.delete(name);
}
