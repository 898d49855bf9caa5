// One measurement of one engine with one form (`?side=ours&form=questions`), in a page of its own, so that neither finds
// the code of an earlier one compiled. window.__bench promises {code_ms, first_ms, answers_ms: [...]}.
//
// pkg/ours.js with its wasm is our engine, pkg/odk.js ODK's; pkg/FORM.json holds the definition, the XForm, and the
// answers with what stands on the screen at each.
const NOW = 1_795_384_680_000;

const SIDES = {
  async ours() {
    const { default: init, Filling } = await import('./pkg/ours.js');
    await init();
    let filling;
    return {
      begin(form) {
        filling = new Filling(form.definition, NOW);
        return filling.page();
      },
      prepare: ({ path, value, page }) => ({ path, value, page: page.map((it) => it.path).join('\n') }),
      answer({ path, value, page }) {
        if (!filling.set(path, value)) throw new Error(`${path} takes no answer`);
        return filling.state(page);
      },
    };
  },

  async odk() {
    const { loadForm } = await import('./pkg/odk.js');
    let nodes;
    const state = (node) => {
      const own = node.currentState;
      if (!own.relevant) return { relevant: false };
      return {
        relevant: true,
        label: own.label?.asString,
        hint: own.hint?.asString,
        required: own.required,
        read_only: own.readonly,
        value: own.instanceValue ?? own.value,
        wrong: node.validationState.violation?.condition,
        choices: own.valueOptions?.map((option) => [option.value, option.label.asString]),
      };
    };
    return {
      async begin(form) {
        const loaded = await loadForm(form.xml);
        if (loaded.status === 'failure') throw loaded.error;
        const { root } = loaded.createInstance();
        nodes = new Map();
        const walk = (node) => {
          nodes.set(node.currentState.reference, node);
          for (const child of node.currentState.children ?? []) walk(child);
        };
        walk(root);
        return form.first.map((at) => state(nodes.get(at)));
      },
      prepare: ({ reference, value, many, page }) => ({
        node: nodes.get(reference),
        value: many ? value.split(' ') : value,
        page: page.map((it) => nodes.get(it.reference)),
      }),
      answer({ node, value, page }) {
        if (node.nodeType === 'select') node.selectValues(Array.isArray(value) ? value : [value]);
        else node.setValue(value);
        return page.map(state);
      },
    };
  },
};

async function run() {
  const wanted = new URLSearchParams(location.search);
  const form = await (await fetch(`./pkg/${wanted.get('form')}.json`)).json();
  const began = performance.now();
  const side = await SIDES[wanted.get('side')]();
  const ready = performance.now();
  const first = await side.begin(form);
  const first_ms = performance.now() - ready;
  const shown = first.filter((it) => it.relevant).length;
  const answers_ms = [];
  const seen = [];
  for (const step of form.steps) {
    const prepared = side.prepare(step);
    const start = performance.now();
    const page = side.answer(prepared);
    answers_ms.push(performance.now() - start);
    // That both did the same work: what is asked on the screen, and how many choices it has.
    seen.push(page.map((it) => (it.relevant ? (it.choices?.length ?? 0) : -1)).join(' '));
  }
  return { code_ms: ready - began, first_ms, shown, answers_ms, seen: seen.join('|') };
}

window.__bench = run();
