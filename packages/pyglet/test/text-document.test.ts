/** Documents, their runs and their formats: the same as Python's pyglet makes of them, where it is right. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FormattedDocument, InlineElement, type Style, UnformattedDocument } from "../src/text/document.ts";
import { AttributedTextDecoder } from "../src/text/formats/attributed.ts";
import { HTMLDecoder } from "../src/text/formats/html.ts";
import { PlainTextDecoder } from "../src/text/formats/plaintext.ts";
import { OverriddenRunIterator, RunList, ZipRunIterator } from "../src/text/runlist.ts";
import { documentOf, LOREM } from "./text/cases.ts";
import { askPyglet } from "./text/oracle.ts";
import { noPyglet, noXvfb, startXvfb, type Xvfb } from "./xvfb.ts";

const ATTRIBUTES = [
  ..."font_name font_size bold italic color background_color underline baseline kerning align indent".split(" "),
  ..."margin_left margin_right margin_top margin_bottom leading line_spacing tab_stops wrap".split(" "),
];

/** What both sides say of a document. */
function factsOf(document: FormattedDocument) {
  const styles: [string, unknown][] = [];
  for (const name of [...ATTRIBUTES].sort()) {
    const runs = [...document.get_style_runs(name).ranges(0, document.text.length)].filter(([from, to]) => to > from);
    if (runs.some(([, , value]) => value !== null)) styles.push([name, runs]);
  }
  const paragraphs = Array.from(document.text, (_, at) => [
    document.get_paragraph_start(at),
    document.get_paragraph_end(at),
  ]);
  return { text: document.text, styles: Object.fromEntries(styles), paragraphs };
}

/** pyglet's answer without runs of no value, and with neighbours that have the same one as one run. */
function tidied({ text, styles, paragraphs }: any) {
  const kept: [string, unknown][] = [];
  for (const [name, runs] of Object.entries(styles) as [string, [number, number, unknown][]][]) {
    const joined: [number, number, unknown][] = [];
    for (const [from, to, value] of runs) {
      const last = joined.at(-1);
      if (to === from) continue;
      if (last !== undefined && JSON.stringify(last[2]) === JSON.stringify(value)) last[1] = to;
      else joined.push([from, to, value]);
    }
    if (joined.some(([, , value]) => value !== null)) kept.push([name, joined]);
  }
  return { text, styles: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))), paragraphs };
}

function joined(facts: ReturnType<typeof factsOf>) {
  return tidied(JSON.parse(JSON.stringify(facts)));
}

type Step =
  | ["insert_text", number, string, Style?]
  | ["delete_text", number, number]
  | ["set_style" | "set_paragraph_style", number, number, Style];

describe("documents as Python's pyglet has them", { skip: noXvfb || noPyglet }, () => {
  let xvfb: Xvfb;
  before(async () => {
    xvfb = await startXvfb("640x480x24");
  });
  after(() => xvfb.stop());

  test("after a thousand operations", () => {
    let seed = 7;
    const random = (below: number) => Math.floor(((seed = (seed * 48271) % 2147483647) / 2147483647) * below);
    const cases = Array.from({ length: 20 }, () => {
      const steps: Step[] = [];
      let length = LOREM.length;
      for (let step = 0; step < 50; step++) {
        const start = random(length);
        const end = start + random(length - start + 1);
        const style = [{ bold: true }, { color: [255, 0, 0, 255] }, { align: "right", font_size: 20 }][
          random(3)
        ] as Style;
        const kind = random(5);
        if (kind === 0) steps.push(["set_style", start, end, style]);
        else if (kind === 1) steps.push(["set_paragraph_style", start, end, style]);
        else if (kind === 2 && length > 60) {
          const last = Math.min(end, start + 9);
          steps.push(["delete_text", start, last]);
          length -= last - start;
        } else {
          const text = ["x", "new text", "\n", "two\nlines"][random(4)] as string;
          steps.push(kind === 3 ? ["insert_text", start, text] : ["insert_text", start, text, style]);
          length += text.length;
        }
      }
      return { text: LOREM, styles: [[0, 10, { italic: true }]] as const, steps };
    });
    const answers = askPyglet({ documents: cases }).documents;
    for (const [index, each] of cases.entries()) {
      const document = documentOf(each);
      for (const [name, ...args] of each.steps) (document[name] as (...args: unknown[]) => void)(...args);
      assert.deepEqual(joined(factsOf(document)), tidied(answers[index]));
    }
  });

  test("made of HTML", () => {
    const cases = [
      "<p>One <b>bold <i>both</i></b> <u>under</u>line&amp;&eacute;&#9731;</p><p align=center>Two</p>",
      "<head><title>No</title></head>before<h1>Title</h1>after<h2>Next</h2><h6>six</h6>",
      "<ul><li>one<li>two <ol type=i start=3><li>three<li>four</ol></ul>rest",
      "<ol><li>a</li><li>b</li></ol><ul type=square><li>c</ul>",
      'x<font size=5 color="#ff8000">five<font size="+1">six</font></font><font face="Courier New">mono</font>',
      "H<sub>2</sub>O x<sup>2</sup><br>next<br/>last",
      "<blockquote>deep<blockquote>deeper</blockquote></blockquote><dl><dt>term<dd>meaning</dl>",
      "<pre>  keeps\n  this </pre>and <q>says</q> <code>code</code> < 5 & more",
      "<!-- comment --><!DOCTYPE html><center>middle</center><div>div</div>tail",
    ];
    const answers = askPyglet({ documents: cases.map((html) => ({ html })) }).documents;
    for (const [index, html] of cases.entries()) {
      // White space between two elements alone is lost there.
      const given = tidied(answers[index]);
      const made = joined(factsOf(new HTMLDecoder().decode(html)));
      if (made.text !== given.text) assert.equal(made.text.replace(/ /g, ""), given.text.replace(/ /g, ""), html);
      else assert.deepEqual(made, given, html);
    }
    const same = cases.filter((html, index) => new HTMLDecoder().decode(html).text === answers[index].text);
    assert.ok(same.length >= cases.length - 2, `${same.length} texts are the same`);
  });

  test("made of attributed text", () => {
    const cases = [
      "{bold True}bold{bold False} not {color (255, 0, 0, 255)}red {{braces}} {#9731}{#x2603}",
      "{font_name 'Times New Roman'}{font_size 28}Hello{font_size 12}, {font_name \"Arial\"}world\nsoft line\n hard line",
      "one paragraph\n\n{.align 'center'}two{}\nthree {.margin_left \"12pt\"}late\n\n\nfour",
      "{underline [1, 2, 3, 4]}u{underline None}n {kerning -1.5}k {wrap False}w",
    ];
    const answers = askPyglet({ documents: cases.map((attributed) => ({ attributed })) }).documents;
    for (const [index, text] of cases.entries()) {
      assert.deepEqual(joined(factsOf(new AttributedTextDecoder().decode(text))), tidied(answers[index]), text);
    }
  });

  test("in their run lists", () => {
    let seed = 3;
    const random = (below: number) => Math.floor(((seed = (seed * 48271) % 2147483647) / 2147483647) * below);
    const lists = Array.from({ length: 40 }, () => {
      const steps: ["insert" | "delete" | "set_run", number, number, string?][] = [];
      let length = 20;
      for (let step = 0; step < 12; step++) {
        const start = random(length);
        const end = start + random(length - start + 1);
        const kind = random(3);
        if (kind === 0) steps.push(["insert", start, (length += 3) && 3]);
        else if (kind === 1 && end - start < length - 2) steps.push(["delete", start, (length -= end - start) && end]);
        else steps.push(["set_run", start, end, "abc".charAt(random(3))]);
      }
      return { list: [20, "z"] as const, steps };
    });
    const answers = askPyglet({ lists }).lists;
    const flat = (runs: Iterable<readonly [number, number, unknown]>) =>
      [...runs].flatMap(([from, to, value]) => Array.from({ length: to - from }, () => value)).join("");
    for (const [index, { list, steps }] of lists.entries()) {
      const runs = new RunList<unknown>(...list);
      for (const [name, ...args] of steps) (runs[name] as (...args: unknown[]) => void)(...args);
      assert.equal(flat(runs), flat(answers[index]), JSON.stringify(steps));
    }
  });
});

describe("documents", () => {
  class Dot extends InlineElement {
    constructor() {
      super(10, 0, 10);
    }
    override place() {}
    override remove() {}
  }

  test("tell of what happens to them", () => {
    const document = new FormattedDocument("Hello");
    const seen: unknown[] = [];
    document.push_handlers({
      on_insert_text: (...args: unknown[]) => void seen.push(["insert", ...args]),
      on_delete_text: (...args: unknown[]) => void seen.push(["delete", ...args]),
      on_style_text: (...args: unknown[]) => void seen.push(["style", ...args]),
    });
    document.insert_text(5, "!");
    document.set_style(0, 99, { bold: true });
    document.text = "New";
    assert.deepEqual(seen, [
      ["insert", 5, "!"],
      ["style", 0, 6, { bold: true }],
      ["delete", 0, 6],
      ["insert", 0, "New"],
    ]);
  });

  test("carry elements along with their text", () => {
    const document = new FormattedDocument("Hello");
    const [one, two] = [new Dot(), new Dot()];
    document.insert_element(2, one);
    document.insert_element(2, two);
    assert.deepEqual([two.position, one.position, document.text], [2, 3, "He\0\0llo"]);
    document.insert_text(0, "xx");
    assert.deepEqual([two.position, one.position], [4, 5]);
    assert.equal(document.get_element(5), one);
    assert.throws(() => document.insert_element(0, one), /in a document already/);
    document.delete_text(4, 5);
    assert.deepEqual([two.position, one.position], [null, 4]);
    assert.throws(() => document.get_element(0), /no element at position 0/);
    assert.deepEqual(
      [...document.get_element_runs().ranges(0, 8)].filter(([from, to]) => to > from),
      [
        [0, 4, null],
        [4, 5, one],
        [5, 8, null],
      ],
    );
  });

  test("say which range has one style", () => {
    const document = new FormattedDocument("Hello");
    document.set_style(0, 3, { bold: true });
    assert.equal(document.get_style_range("bold", 0, 3), true);
    assert.equal(document.get_style_range("bold", 0, 5), "indeterminate");
    assert.equal(document.get_style_range("italic", 0, 5), null);
    assert.throws(() => document.insert_text(9, "x"), /position 9 is out of bounds for a document of 5 characters/);
    assert.throws(() => document.delete_text(3, 2), /the range 3 to 2 is out of bounds/);
  });

  test("without formats have one style everywhere", () => {
    const document = new PlainTextDecoder().decode("Hello");
    assert.ok(document instanceof UnformattedDocument);
    document.set_style(1, 2, { bold: true });
    assert.equal(document.get_style("bold"), true);
    assert.equal(document.get_style("italic"), null);
  });

  test("keep the space between two elements of HTML, and hide its scripts", () => {
    const decoded = new HTMLDecoder().decode("<b>a</b> <i>b</i> </p><script>x < 1</script><p>c");
    assert.equal(decoded.text, "a b\nc");
    assert.deepEqual(new HTMLDecoder().decode("<font color=lime>x").get_style("color"), [0, 255, 0, 255]);
  });

  test("of attributed text refuse values that are none", () => {
    for (const value of ["(1, 2", "foo", "1 2", "(,)", "'open"]) {
      assert.throws(() => new AttributedTextDecoder().decode(`{color ${value}}x`), {
        name: "DocumentDecodeException",
        message: /expected a number, a text/,
      });
    }
  });
});

describe("run iterators", () => {
  const runs = new RunList<string>(10, "a");
  runs.set_run(2, 5, "b");
  runs.set_run(5, 8, "c");

  test("read ranges, also backward", () => {
    const iterator = runs.get_run_iterator();
    assert.deepEqual(
      [...iterator.ranges(3, 6)],
      [
        [3, 5, "b"],
        [5, 6, "c"],
      ],
    );
    assert.deepEqual(
      [...iterator.ranges(0, 3)],
      [
        [0, 2, "a"],
        [2, 3, "b"],
      ],
    );
    assert.equal(iterator.get(10), "a");
    assert.throws(() => iterator.get(11), RangeError);
  });

  test("override, and go side by side", () => {
    const overridden = new OverriddenRunIterator(runs.get_run_iterator(), 1, 6, "x");
    assert.deepEqual(
      [...overridden.ranges(0, 10)],
      [
        [0, 1, "a"],
        [1, 6, "x"],
        [6, 8, "c"],
        [8, 10, "a"],
      ],
    );
    const zip = new ZipRunIterator([runs.get_run_iterator(), overridden]);
    assert.deepEqual(
      [...zip.ranges(0, 3)],
      [
        [0, 1, ["a", "a"]],
        [1, 2, ["a", "x"]],
        [2, 3, ["b", "x"]],
      ],
    );
  });
});
