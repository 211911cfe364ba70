/**
 * `Caret`: a place in a layout where text is typed, and a selection. It takes the events of a window.
 *
 *     const caret = new Caret(layout);
 *     win.push_handlers(caret);
 */
import * as clock from "../clock/face.ts";
import { EVENT_HANDLED } from "../event/dispatcher.ts";
import { nextCluster, previousCluster } from "../font/grapheme.ts";
import { gl } from "../gl/gl.ts";
import {
  MOTION_BACKSPACE,
  MOTION_BEGINNING_OF_FILE,
  MOTION_BEGINNING_OF_LINE,
  MOTION_DELETE,
  MOTION_DOWN,
  MOTION_END_OF_FILE,
  MOTION_END_OF_LINE,
  MOTION_LEFT,
  MOTION_NEXT_WORD,
  MOTION_PREVIOUS_WORD,
  MOTION_RIGHT,
  MOTION_UP,
} from "../input/keynames.ts";
import type { Style } from "./document/style.ts";
import type { Batch, VertexList } from "./layout/batch.ts";
import type { IncrementalTextLayout } from "./layout/incremental.ts";
import { nextWord, previousWord } from "./words.ts";

export interface CaretOptions {
  readonly batch?: Batch | null | undefined;
  readonly color?: readonly [number, number, number] | undefined;
}

/** Two clicks within this many seconds are a double click. */
const DOUBLE_CLICK = 0.25;

export class Caret {
  /** Seconds between two blinks; 0 for none. */
  PERIOD = 0.5;
  /** Pixels that one step of the mouse's wheel scrolls. */
  SCROLL_INCREMENT = 16;
  readonly #layout: IncrementalTextLayout;
  readonly #list: VertexList;
  #position = 0;
  #mark: number | null = null;
  #isActive = true;
  #isVisible = true;
  #isBlinkedOn = true;
  #clicks = 0;
  #clickTime = Number.NEGATIVE_INFINITY;
  /** Where the caret would be if its line were long enough; it goes up and down there. */
  #idealX: number | null = null;
  /** Its line, at a position that is the end of one line and the beginning of the next. */
  #idealLine: number | null = null;
  /** What is typed next has these. */
  #nextStyle: Style = {};
  readonly #blink = (_dt: number): void => {
    if (this.PERIOD > 0) this.#isBlinkedOn = !this.#isBlinkedOn;
    this.#show();
  };

  constructor(layout: IncrementalTextLayout, { batch, color = [0, 0, 0] }: CaretOptions = {}) {
    this.#layout = layout;
    const colors = [...color, 255, ...color, 255];
    this.#list = (batch ?? layout.batch).add(gl.GL_LINES, layout.background_group, [0, 0, 0, 0], colors);
    this.visible = true;
    layout.push_handlers(this);
    this.#place(0);
  }

  /** Takes it off its layout. */
  delete(): void {
    clock.unschedule(this.#blink);
    this.#list.delete();
    this.#layout.remove_handlers(this);
  }

  // -- What it is ----------------------------------------------------------------------------------

  /** Whether it is shown while its window is active; it blinks then. */
  get visible(): boolean {
    return this.#isVisible;
  }

  set visible(isVisible: boolean) {
    this.#isVisible = isVisible;
    clock.unschedule(this.#blink);
    this.#isBlinkedOn = true;
    if (isVisible && this.#isActive && this.PERIOD > 0) clock.schedule_interval(this.#blink, this.PERIOD);
    this.#show();
  }

  get color(): [number, number, number] {
    const [red, green, blue] = this.#list.colors as unknown as [number, number, number];
    return [red, green, blue];
  }

  set color(color: readonly [number, number, number]) {
    this.#list.colors.set(color, 0);
    this.#list.colors.set(color, 4);
  }

  /** Both ends of the caret in the layout: lower and upper. */
  get vertices(): readonly number[] {
    return [...this.#list.vertices];
  }

  get position(): number {
    return this.#position;
  }

  set position(position: number) {
    this.#position = Math.max(0, Math.min(position, this.#text.length));
    this.#nextStyle = {};
    this.#update();
  }

  /** The end of the selection that does not move; null when there is none. */
  get mark(): number | null {
    return this.#mark;
  }

  set mark(mark: number | null) {
    this.#mark = mark;
    this.#update(this.#idealLine);
    if (mark === null) this.#layout.set_selection(0, 0);
  }

  /** The number of its line. */
  get line(): number {
    return this.#idealLine ?? this.#layout.get_line_from_position(this.#position);
  }

  set line(line: number) {
    this.#idealX ??= this.#layout.get_point_from_position(this.#position)[0] - this.#layout.view_x;
    this.#position = this.#layout.get_position_on_line(line, this.#idealX + this.#layout.top_group.translate_x);
    this.#update(line, false);
  }

  /** The style of the selection, or of what is typed next. */
  get_style(attribute: string): unknown {
    const { document } = this.#layout;
    const [start, end] = this.#selected();
    if (start < end) return document.get_style_range(attribute, start, end);
    return Object.hasOwn(this.#nextStyle, attribute)
      ? this.#nextStyle[attribute]
      : document.get_style(attribute, this.#position);
  }

  /** Gives it to the selection or, where there is none, to what is typed next. */
  set_style(attributes: Style): void {
    const [start, end] = this.#selected();
    if (start < end) this.#layout.document.set_style(start, end, attributes);
    else Object.assign(this.#nextStyle, attributes);
  }

  // -- Points of the window ------------------------------------------------------------------------

  move_to_point(x: number, y: number): void {
    this.#mark = null;
    this.#layout.set_selection(0, 0);
    this.select_to_point(x, y);
  }

  select_to_point(x: number, y: number): void {
    const line = this.#layout.get_line_from_point(x, y);
    this.#position = this.#layout.get_position_on_line(line, x);
    this.#update(line);
    this.#nextStyle = {};
  }

  select_word(x: number, y: number): void {
    const line = this.#layout.get_line_from_point(x, y);
    const position = this.#layout.get_position_on_line(line, x);
    this.mark = previousWord(this.#text, position + 1);
    this.#position = nextWord(this.#text, position);
    this.#update(line);
    this.#nextStyle = {};
  }

  select_paragraph(x: number, y: number): void {
    const line = this.#layout.get_line_from_point(x, y);
    const position = this.#layout.get_position_on_line(line, x);
    this.mark = this.#layout.document.get_paragraph_start(position);
    this.#position = this.#layout.document.get_paragraph_end(position);
    this.#update(line);
    this.#nextStyle = {};
  }

  // -- Events --------------------------------------------------------------------------------------

  on_layout_update(): void {
    if (this.#position > this.#text.length) this.#position = this.#text.length;
    this.#update();
  }

  on_text(text: string): boolean {
    if (this.#mark !== null) this.#deleteSelection();
    const typed = text.replaceAll("\r", "\n");
    const start = this.#position;
    this.#position += typed.length;
    this.#layout.document.insert_text(start, typed, this.#nextStyle);
    this.visible = true;
    return EVENT_HANDLED;
  }

  on_text_motion(motion: number, select = false): boolean {
    const hasMark = this.#mark !== null;
    const isErasing = motion === MOTION_BACKSPACE || motion === MOTION_DELETE;
    if (isErasing && hasMark) this.#deleteSelection();
    else if (isErasing) this.#erase(motion);
    else if (hasMark && !select) {
      this.#mark = null;
      this.#layout.set_selection(0, 0);
    }
    this.#move(motion);
    this.#nextStyle = {};
    this.visible = true;
    return EVENT_HANDLED;
  }

  on_text_motion_select(motion: number): boolean {
    this.#mark ??= this.#position;
    return this.on_text_motion(motion, true);
  }

  on_mouse_scroll(_x: number, _y: number, scroll_x: number, scroll_y: number): boolean {
    this.#layout.view_x -= scroll_x * this.SCROLL_INCREMENT;
    this.#layout.view_y += scroll_y * this.SCROLL_INCREMENT;
    return EVENT_HANDLED;
  }

  on_mouse_press(x: number, y: number, _button: number, _modifiers: number): boolean {
    const now = performance.now() / 1000;
    this.#clicks = now - this.#clickTime < DOUBLE_CLICK ? this.#clicks + 1 : 1;
    this.#clickTime = now;
    if (this.#clicks === 1) this.move_to_point(x, y);
    else if (this.#clicks === 2) this.select_word(x, y);
    else {
      this.select_paragraph(x, y);
      this.#clicks = 0;
    }
    this.visible = true;
    return EVENT_HANDLED;
  }

  on_mouse_drag(x: number, y: number, _dx: number, _dy: number, _buttons: number, _modifiers: number): boolean {
    this.#mark ??= this.#position;
    this.select_to_point(x, y);
    this.visible = true;
    return EVENT_HANDLED;
  }

  on_activate(): boolean {
    this.#isActive = true;
    this.visible = true;
    return EVENT_HANDLED;
  }

  on_deactivate(): boolean {
    this.#isActive = false;
    this.visible = false;
    return EVENT_HANDLED;
  }

  // -- Private -------------------------------------------------------------------------------------

  get #text(): string {
    return this.#layout.document.text;
  }

  #selected(): [number, number] {
    const mark = this.#mark ?? this.#position;
    return [Math.min(mark, this.#position), Math.max(mark, this.#position)];
  }

  #deleteSelection(): void {
    const [start, end] = this.#selected();
    this.#position = start;
    this.#mark = null;
    this.#layout.document.delete_text(start, end);
    this.#layout.set_selection(0, 0);
  }

  /** Deletes the character at one side. */
  #erase(motion: number): void {
    const isBack = motion === MOTION_BACKSPACE;
    const start = isBack ? previousCluster(this.#text, this.#position) : this.#position;
    const end = isBack ? this.#position : nextCluster(this.#text, this.#position);
    if (start === end) return;
    this.#position = start;
    this.#layout.document.delete_text(start, end);
  }

  #move(motion: number): void {
    const [layout, text] = [this.#layout, this.#text];
    if (motion === MOTION_LEFT || motion === MOTION_RIGHT) {
      const isForward = (motion === MOTION_RIGHT) !== layout.is_right_to_left(this.line);
      this.position = (isForward ? nextCluster : previousCluster)(text, this.#position);
    } else if (motion === MOTION_UP) this.line = Math.max(0, this.line - 1);
    else if (motion === MOTION_DOWN) {
      if (this.line < layout.get_line_count() - 1) this.line++;
    } else if (motion === MOTION_BEGINNING_OF_LINE) this.position = layout.get_position_from_line(this.line);
    else if (motion === MOTION_END_OF_LINE) this.#moveToLineEnd();
    else if (motion === MOTION_BEGINNING_OF_FILE) this.position = 0;
    else if (motion === MOTION_END_OF_FILE) this.position = text.length;
    else if (motion === MOTION_NEXT_WORD) this.position = nextWord(text, this.#position + 1);
    else if (motion === MOTION_PREVIOUS_WORD) this.position = previousWord(text, this.#position);
  }

  #moveToLineEnd(): void {
    const { line } = this;
    if (line === this.#layout.get_line_count() - 1) {
      this.position = this.#text.length;
      return;
    }
    this.#position = previousCluster(this.#text, this.#layout.get_position_from_line(line + 1));
    this.#update(line);
  }

  /** Puts the caret where its position is, and the layout's view there. */
  #update(line: number | null = null, isIdeal = true): void {
    const layout = this.#layout;
    this.#idealLine = line;
    const at = line ?? layout.get_line_from_position(this.#position);
    const x = this.#place(at);
    if (isIdeal) this.#idealX = x;
    if (this.#mark !== null) layout.set_selection(...this.#selected());
    layout.ensure_line_visible(at);
    layout.ensure_x_visible(x);
  }

  /** Puts the caret on a line; returns where, from the left end of the text. */
  #place(line: number): number {
    const layout = this.#layout;
    const [pointX, pointY] = layout.get_point_from_position(this.#position, line);
    const [x, y] = [pointX - layout.view_x, pointY - layout.view_y];
    const { ascent, descent } = layout.document.get_font(Math.max(0, this.#position - 1), layout.dpi);
    this.#list.vertices.set([x, y + descent, x, y + ascent]);
    return x;
  }

  #show(): void {
    const opacity = this.#isVisible && this.#isActive && this.#isBlinkedOn ? 255 : 0;
    this.#list.colors[3] = opacity;
    this.#list.colors[7] = opacity;
  }
}
