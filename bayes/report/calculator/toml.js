// A reader of TOML as trial files use it: tables, dotted tables, strings, numbers as they are written, booleans,
// arrays and inline tables. What it cannot read is an error with its line.
const toml = (function () {
  "use strict";

  const ESCAPES = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", '"': '"', "\\": "\\" };

  function parse(text) {
    let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    const root = Object.create(null);
    let table = root;

    const fail = (what) => {
      throw new Error(`line ${text.slice(0, at).split("\n").length}: ${what}`);
    };
    const skip = (pattern) => {
      const found = new RegExp(pattern, "y");
      found.lastIndex = at;
      const match = found.exec(text);
      if (match) at += match[0].length;
      return match && match[0];
    };
    const blank = () => skip(/(?:[ \t\r\n]|#[^\n]*)*/.source);
    const space = () => skip("[ \\t]*");
    const expect = (sign) => (text.startsWith(sign, at) ? (at += sign.length) : fail(`${sign} expected`));

    function string() {
      for (const [quote, escapes] of [['"""', true], ["'''", false], ['"', true], ["'", false]]) {
        if (!text.startsWith(quote, at)) continue;
        at += quote.length;
        if (quote.length === 3) skip("\\r?\\n");
        let found = "";
        while (!text.startsWith(quote, at)) {
          if (at >= text.length || (quote.length === 1 && text[at] === "\n")) fail("a text without its closing quotation mark");
          if (escapes && text[at] === "\\") {
            const code = skip("\\\\u[0-9a-fA-F]{4}") || skip("\\\\U[0-9a-fA-F]{8}");
            if (code) found += String.fromCodePoint(parseInt(code.slice(2), 16));
            else if (quote.length === 3 && skip("\\\\[ \\t]*\\r?\\n\\s*")) continue;
            else if (text[at + 1] in ESCAPES) { found += ESCAPES[text[at + 1]]; at += 2; }
            else fail("an unknown escape");
          } else found += text[at++];
        }
        at += quote.length;
        return found;
      }
      return fail("a value expected");
    }

    function name() {
      const bare = skip("[A-Za-z0-9_-]+");
      return bare === null ? string() : bare;
    }

    function path() {
      const names = [name()];
      for (;;) {
        space();
        if (text[at] !== ".") return names;
        at++;
        space();
        names.push(name());
      }
    }

    function value() {
      if (text[at] === "[") {
        at++;
        const found = [];
        for (blank(); text[at] !== "]"; blank()) {
          found.push(value());
          blank();
          if (text[at] === ",") at++;
          else if (text[at] !== "]") fail("] expected");
        }
        at++;
        return found;
      }
      if (text[at] === "{") {
        at++;
        const found = Object.create(null);
        for (blank(); text[at] !== "}"; blank()) {
          pair(found);
          blank();
          if (text[at] === ",") at++;
          else if (text[at] !== "}") fail("} expected");
        }
        at++;
        return found;
      }
      if (text[at] === '"' || text[at] === "'") return string();
      const word = skip("[A-Za-z0-9+_.:-]+");
      if (!word) return fail("a value expected");
      if (word === "true" || word === "false") return word === "true";
      return word.replace(/_/g, ""); // a number keeps its digits
    }

    function inside(from, names) {
      let found = from;
      for (const one of names) {
        if (found[one] === undefined) found[one] = Object.create(null);
        found = Array.isArray(found[one]) ? found[one][found[one].length - 1] : found[one];
        if (typeof found !== "object") fail(`${one} is a value and a table`);
      }
      return found;
    }

    function pair(into) {
      const names = path();
      space();
      expect("=");
      space();
      const last = names.pop();
      const owner = inside(into, names);
      if (owner[last] !== undefined) fail(`${last} is stated twice`);
      owner[last] = value();
    }

    for (blank(); at < text.length; blank()) {
      if (text.startsWith("[[", at)) {
        at += 2;
        const names = path();
        expect("]]");
        const last = names.pop();
        const owner = inside(root, names);
        owner[last] = [...(owner[last] || []), (table = Object.create(null))];
      } else if (text[at] === "[") {
        at++;
        const names = path();
        expect("]");
        table = inside(root, names);
      } else {
        pair(table);
        space();
        if (at < text.length && !/[\r\n#]/.test(text[at])) fail("one entry per line");
      }
    }
    return root;
  }

  return { parse };
})();
