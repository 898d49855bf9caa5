// Drives ODK's engine: requests on stdin, one JSON object a line, and an answer for each on stdout.
//
//   {do: "load", xml, files}           reads a form, with its tables by name
//   {do: "start", now, device, ...}    begins to fill it in, on a clock that stands still
//   {do: "set", at, value | values}    answers a question
//   {do: "add" | "remove", at, index}  an instance of a repeat
//   {do: "speak", language}            goes on in that language
//   {do: "words"}                      what can be read and looked at, by reference
//   {do: "finish"}                     the record as it would be sent
//
// What every answer but the last two tells is the state: the nodes that are new or otherwise than they were told before,
// by reference, and the references of those that are gone.
import { createInterface } from 'node:readline';
import { JSDOM } from 'jsdom';

// The engine is made for browsers: it reads XML with their classes, and its parser of XPath believes that whoever
// runs in node is a CommonJS module.
const { window } = new JSDOM('');
for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(window))) {
  if (typeof value === 'function' && !(name in globalThis)) globalThis[name] = value;
}
globalThis.document = window.document;
globalThis.__dirname = '/';
globalThis.module = {};

// A clock that stands still, and chance that is none.
let now = 0;
const Clock = Date;
globalThis.Date = class extends Clock {
  constructor(...when) {
    super(...(when.length === 0 ? [now] : when));
  }
  static now() {
    return now;
  }
};
Math.random = () => 0.5;

const { loadForm } = await import('@getodk/xforms-engine');

let form;
let root;
let told = new Map();
/** The choices' names by the engine's list of them: as long as a list is the same it is not read again. */
let names = new WeakMap();

/** Gives the form the tables that are beside it, and nothing else. */
const attachments = (files) => async (url) => {
  const text = files?.[url.href.split('/').at(-1)];
  const there = text !== undefined;
  return {
    ok: there,
    status: there ? 200 : 404,
    text: async () => text ?? '',
    blob: async () => new Blob(there ? [text] : []),
  };
};

/** A text with the picture, sound and film beside it; null where there is nothing. */
function said(range) {
  if (!range) return null;
  const file = (source) => source?.href.split('/').at(-1) ?? '';
  const media = [range.imageSource, range.audioSource, range.videoSource].map(file);
  // Addresses of files stand among the words.
  const words = [...range].map((chunk) => chunk.asString).filter((words) => !/^jr:\/\/(?:images|audio|video)\//.test(words));
  return { words: words.join(''), media };
}

function offered(options) {
  if (!names.has(options)) names.set(options, options.map((option) => option.value));
  return names.get(options);
}

function stateOf(node) {
  const own = node.currentState;
  const state = { type: node.nodeType, relevant: own.relevant };
  if (own.children) {
    if (node.nodeType.startsWith('repeat-range')) state.count = own.children.length;
    return state;
  }
  state.readonly = own.readonly;
  state.required = own.required;
  state.value = own.instanceValue ?? String(own.value ?? '');
  state.violation = node.validationState.violation?.condition ?? null;
  if (Array.isArray(own.valueOptions)) state.options = offered(own.valueOptions);
  return state;
}

function* nodes(node) {
  yield node;
  for (const child of node.currentState.children ?? []) yield* nodes(child);
}

function find(at) {
  for (const node of nodes(root)) {
    // A repeat's only instance may have the reference of the repeat.
    if (node.currentState.reference === at && node.nodeType !== 'repeat-instance') return node;
  }
  throw new Error(`There is no node ${at}.`);
}

function changes() {
  const changed = {};
  const here = new Map();
  for (const node of nodes(root)) {
    const reference = node.currentState.reference;
    if (node.nodeType === 'root' || node.nodeType === 'repeat-instance') continue;
    const text = JSON.stringify(stateOf(node));
    here.set(reference, text);
    if (told.get(reference) !== text) changed[reference] = JSON.parse(text);
  }
  const gone = [...told.keys()].filter((reference) => !here.has(reference));
  told = here;
  return { changed, gone };
}

function set(node, { value, values }) {
  switch (node.nodeType) {
    case 'select':
      return node.selectValues(values ?? (value === '' ? [] : [value]));
    case 'rank':
      return node.setValues(values ?? []);
    case 'range':
      return node.setValue(value === '' ? null : value);
    case 'trigger':
      return node.setValue(value === 'OK');
    case 'upload':
      return node.setValue(value === '' ? null : new File(['.'], value, { type: 'image/jpeg' }));
    default:
      return node.setValue(value ?? values.join(' '));
  }
}

const requests = {
  async load({ xml, files }) {
    const options = { fetchFormAttachment: attachments(files), missingResourceBehavior: 'BLANK' };
    form = await loadForm(xml, options);
    if (form.status === 'failure') throw form.error;
    // What is wrong with an expression is told by the first instance.
    form.createInstance();
    return {};
  },
  start(request) {
    now = request.now;
    const { deviceID, username, email, phoneNumber } = request;
    const preloadProperties = { deviceID, username, email, phoneNumber };
    told = new Map();
    ({ root } = form.createInstance({ preloadProperties }));
    const languages = root.languages.map(({ language }) => language);
    return { root: root.currentState.reference, languages, ...changes() };
  },
  speak({ language }) {
    root.setLanguage(root.languages.find((it) => it.language === language));
    return changes();
  },
  words() {
    const words = {};
    for (const node of nodes(root)) {
      const own = node.currentState;
      if (node.nodeType === 'root' || !own.relevant) continue;
      // A repeat's only instance may have the reference of the repeat.
      const instance = node.nodeType === 'repeat-instance' && !own.reference.endsWith(']');
      words[instance ? `${own.reference}[1]` : own.reference] = {
        label: said(own.label),
        hint: said(own.hint),
        message: said(node.validationState?.violation?.message),
        choices: (own.valueOptions ?? []).map((option) => said(option.label)),
      };
    }
    return { words };
  },
  set(request) {
    set(find(request.at), request);
    return changes();
  },
  add({ at }) {
    const node = find(at);
    node.addInstances();
    return changes();
  },
  remove({ at, index }) {
    find(at).removeInstances(index);
    return changes();
  },
  async finish() {
    const payload = await root.prepareInstancePayload();
    return { xml: await payload.data[0].get('xml_submission_file').text() };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = await requests[request.do](request);
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
