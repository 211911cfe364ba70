/** A document in which each character has styles of its own. */
import type { Font } from "../../font/font.ts";
import { ConstRunIterator, RunIterator, RunList, type RunRange, type RunReader } from "../runlist.ts";
import { AbstractDocument } from "./abstract.ts";
import type { InlineElement } from "./element.ts";
import { FONT_ATTRIBUTES, FontRunIterator } from "./fonts.ts";
import type { Style } from "./style.ts";

export class FormattedDocument extends AbstractDocument {
  readonly #runs = new Map<string, RunList<unknown>>();

  constructor(text = "") {
    super();
    if (text !== "") this.insert_text(0, text);
  }

  override get_style_runs(attribute: string): RunReader<unknown> {
    return this.#runs.get(attribute)?.get_run_iterator() ?? new ConstRunIterator(this.text.length, null);
  }

  override get_style(attribute: string, position = 0): unknown {
    return this.#runs.get(attribute)?.get(position) ?? null;
  }

  override get_font_runs(dpi?: number | null): FontRunIterator {
    return new FontRunIterator(
      FONT_ATTRIBUTES.map((attribute) => this.get_style_runs(attribute)),
      dpi,
    );
  }

  override get_font(position = 0, dpi?: number | null): Font {
    return this.get_font_runs(dpi).get(position);
  }

  override get_element_runs(): RunIterator<InlineElement | null> {
    return new RunIterator(runsOf(this.elements, this.text.length));
  }

  protected override insertStyled(start: number, text: string, attributes: Style | null): void {
    super.insertStyled(start, text, attributes);
    for (const runs of this.#runs.values()) runs.insert(start, text.length);
    this.applyStyle(start, start + text.length, attributes ?? {});
  }

  protected override deleteStyled(start: number, end: number): void {
    super.deleteStyled(start, end);
    for (const runs of this.#runs.values()) runs.delete(start, end);
  }

  protected override applyStyle(start: number, end: number, attributes: Style): void {
    for (const [attribute, value] of Object.entries(attributes)) {
      let runs = this.#runs.get(attribute);
      if (runs === undefined) {
        runs = new RunList<unknown>(this.text.length, null);
        this.#runs.set(attribute, runs);
      }
      runs.set_run(start, end, value ?? null);
    }
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** The elements as runs of one position, and what is between them. */
function* runsOf(elements: readonly InlineElement[], length: number): Generator<RunRange<InlineElement | null>> {
  let last = 0;
  for (const element of elements) {
    const position = element.position as number;
    yield [last, position, null];
    yield [position, position + 1, element];
    last = position + 1;
  }
  yield [last, length, null];
}
