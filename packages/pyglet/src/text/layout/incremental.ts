/**
 * `IncrementalTextLayout`: a layout for text that is edited. A change lays out the paragraphs that it touches, and the
 * batch has only the lines that are in view.
 *
 *   change ──▶ content of its paragraphs ──▶ their lines ──▶ places of all lines ──▶ what is in view is drawn
 */
import type { AbstractDocument } from "../document/abstract.ts";
import type { Color, Distance, Style } from "../document/style.ts";
import { OverriddenRunIterator, type RunReader } from "../runlist.ts";
import type { Group, VertexList } from "./batch.ts";
import { type Content, contentOf } from "./content.ts";
import { parseDistance } from "./distance.ts";
import type { Drawing } from "./drawing.ts";
import { edited } from "./edit.ts";
import { flow } from "./flow.ts";
import { ViewGroup } from "./groups.ts";
import { type Line, pointInBox } from "./line.ts";
import type { LayoutOptions } from "./options.ts";
import { lineAt, positionOnLine } from "./points.ts";
import { type Colors, changesColorsOnly } from "./quads.ts";
import { TextLayout } from "./textlayout.ts";

/** What a line has in the batch, and at which height it was put there. */
interface DrawnLine extends Drawing {
  y: number;
}

export class IncrementalTextLayout extends TextLayout {
  declare readonly top_group: ViewGroup;
  declare private content: Content;
  declare private drawnLines: Map<Line, DrawnLine>;
  declare private selection: { start: number; end: number; color: Color; background: Color };

  constructor(document: AbstractDocument, width: number, height: number, options: LayoutOptions = {}) {
    super(document, width, height, options);
  }

  // -- View ----------------------------------------------------------------------------------------

  override get width(): number {
    return this.currentWidth as number;
  }

  override set width(width: number) {
    if (width !== this.currentWidth) super.width = width;
  }

  override get height(): number {
    return this.currentHeight as number;
  }

  override set height(height: number) {
    if (height !== this.currentHeight) super.height = height;
  }

  get view_x(): number {
    return this.top_group.view_x;
  }

  set view_x(x: number) {
    this.top_group.view_x = Math.max(0, Math.min(this.content_width - this.width, x));
    this.follow();
  }

  get view_y(): number {
    return this.top_group.view_y;
  }

  set view_y(y: number) {
    this.top_group.view_y = Math.min(0, Math.max(this.height - this.content_height, y));
    this.draw_lines();
  }

  override update(x: number, y: number): void {
    [this.currentX, this.currentY] = [x, y];
    this.follow();
  }

  /** Scrolls as little as is needed to have the line in view. */
  ensure_line_visible(line: number): void {
    const { y, ascent, descent } = this.lineOf(line);
    if (y + ascent > this.view_y) this.view_y = y + ascent;
    else if (y + descent < this.view_y - this.height) this.view_y = y + descent + this.height;
  }

  /** The same for a place on the line, from the left end of the view. */
  ensure_x_visible(x: number): void {
    if (x <= this.view_x + EDGE) this.view_x = x - EDGE;
    else if (x >= this.view_x + this.width) this.view_x = x - this.width + EDGE;
    else if (x >= this.view_x + this.width - EDGE && this.content_width > this.width)
      this.view_x = x - this.width + EDGE;
  }

  // -- Selection -----------------------------------------------------------------------------------

  set_selection(start: number, end: number): void {
    const { selection } = this;
    const [from, to] = [Math.max(0, start), Math.min(end, this.document.text.length)];
    if (from === selection.start && to === selection.end) return;
    this.redraw(selection.start, selection.end);
    [selection.start, selection.end] = [from, to];
    this.redraw(from, to);
    this.draw_lines();
  }

  get selection_start(): number {
    return this.selection.start;
  }

  set selection_start(start: number) {
    this.set_selection(start, this.selection.end);
  }

  get selection_end(): number {
    return this.selection.end;
  }

  set selection_end(end: number) {
    this.set_selection(this.selection.start, end);
  }

  get selection_color(): Color {
    return this.selection.color;
  }

  set selection_color(color: Color) {
    this.selection.color = color;
    this.redraw(this.selection.start, this.selection.end);
    this.draw_lines();
  }

  get selection_background_color(): Color {
    return this.selection.background;
  }

  set selection_background_color(color: Color) {
    this.selection.background = color;
    this.redraw(this.selection.start, this.selection.end);
    this.draw_lines();
  }

  // -- Points, positions and lines -----------------------------------------------------------------

  /** The position that is closest to a point of the window. */
  get_position_from_point(x: number, y: number): number {
    return this.get_position_on_line(this.get_line_from_point(x, y), x);
  }

  /** Where a position is, from the upper left corner of the layout; at the end of the one before it. */
  get_point_from_position(position: number, line: number | null = null): [number, number] {
    const found = this.lineOf(line ?? this.get_line_from_position(position));
    const raised = (this.document.get_style("baseline", Math.max(0, position - 1)) ?? 0) as Distance;
    const { view_x, view_y } = this.top_group;
    // What is past the line is at its end.
    const box = found.boxes.find(({ start, length }) => position <= start + length) ?? found.boxes.at(-1);
    let x = found.x;
    if (box !== undefined) x += box.left + pointInBox(box, Math.min(box.length, Math.max(0, position - box.start)));
    return [x + view_x, found.y + view_y + parseDistance(raised, this.dpi)];
  }

  get_line_from_point(_x: number, y: number): number {
    const height = y - this.top_group.translate_y;
    const line = this.laidOut.findIndex((each) => height > each.y + each.descent);
    return line < 0 ? this.laidOut.length - 1 : line;
  }

  /** Where the baseline of a line begins, in the window. */
  get_point_from_line(line: number): [number, number] {
    const { x, y } = this.lineOf(line);
    return [x + this.top_group.translate_x, y + this.top_group.translate_y];
  }

  get_line_from_position(position: number): number {
    return lineAt(this.laidOut, position);
  }

  get_position_from_line(line: number): number {
    return this.lineOf(line).start;
  }

  get_position_on_line(line: number, x: number): number {
    return positionOnLine(this.lineOf(line), x - this.top_group.translate_x);
  }

  /** Whether the paragraph of a line runs from right to left. */
  is_right_to_left(line: number): boolean {
    return this.lineOf(line).isRightToLeft;
  }

  get_line_count(): number {
    return this.laidOut.length;
  }

  // -- Changes -------------------------------------------------------------------------------------

  override on_insert_text(start: number, text: string): void {
    this.change(start, start, 0, text.length);
    this.draw_lines();
    this.tell();
  }

  override on_delete_text(start: number, end: number): void {
    this.change(start, start, end - start, 0);
    this.draw_lines();
    this.tell();
  }

  override on_style_text(start: number, end: number, attributes: Style): void {
    if (changesColorsOnly(attributes)) {
      this.redraw(start, end);
      this.draw_lines();
      return;
    }
    this.change(start, end, 0, 0);
    this.draw_lines();
    this.tell();
  }

  override delete(): void {
    for (const drawn of this.drawnLines.values()) this.undraw(drawn);
    this.drawnLines.clear();
    super.delete();
  }

  protected override prepare(): void {
    this.content = { items: [], fonts: [], levels: [] };
    this.drawnLines = new Map();
    this.selection = { start: 0, end: 0, color: [255, 255, 255, 255], background: [46, 106, 197, 255] };
  }

  protected override createGroup(parent: Group | null): ViewGroup {
    return new ViewGroup(parent);
  }

  protected override renew(): void {
    if (!this.isUpdating) return;
    const { document, dpi } = this;
    this.content = contentOf(document, dpi, 0, document.text.length);
    this.laidOut = [...flow(document, this.content, this.flowOptions)];
    this.forget(() => true);
    this.stackLines();
    this.draw_lines();
    this.tell();
  }

  protected override *drawnLists(): Generator<VertexList> {
    for (const { lists } of this.drawnLines.values()) yield* lists;
  }

  protected override erase(): void {
    this.forget(() => true);
  }

  /** Draws the lines that have come into view, and takes away those that have gone. */
  protected override draw_lines(): void {
    if (!this.isUpdating) return;
    const group = this.top_group;
    // The text may have become shorter than what was in view.
    group.view_x = Math.max(0, Math.min(this.content_width - this.width, group.view_x));
    group.view_y = Math.min(0, Math.max(this.height - this.content_height, group.view_y));
    this.follow();
    const seen = new Set(this.visible ? this.laidOut.filter((line) => this.isInView(line)) : []);
    this.forget((line) => !seen.has(line));
    const colors = this.currentColors();
    for (const line of seen) {
      const known = this.drawnLines.get(line);
      if (known === undefined) this.drawnLines.set(line, { ...this.drawn([line], 0, 0, colors), y: line.y });
      else if (known.y !== line.y) this.moveDrawn(line, known, colors);
    }
  }

  /** Has the group cut and move what is drawn as the layout stands now. */
  private follow(): void {
    const group = this.top_group;
    const [left, top] = [this.left, this.top];
    group.x = left;
    group.y = top - this.height;
    group.width = this.width;
    group.height = this.height;
    group.translate_x = left - group.view_x;
    group.translate_y = top - group.view_y;
  }

  // -- Private: not with #, which a base's constructor cannot call ----------------------------------

  private lineOf(index: number): Line {
    const line = this.laidOut[index];
    if (line !== undefined) return line;
    throw new RangeError(`line ${index} is out of bounds for a layout of ${this.laidOut.length} lines`);
  }

  private isInView({ y, ascent, descent }: Line): boolean {
    return y + descent <= this.view_y && y + ascent >= this.view_y - this.height;
  }

  private currentColors() {
    const { start, end, color, background } = this.selection;
    const colors: RunReader<unknown> = this.document.get_style_runs("color");
    const backgrounds: RunReader<unknown> = this.document.get_style_runs("background_color");
    if (end <= start) return { color: colors, background: backgrounds };
    return {
      color: new OverriddenRunIterator<unknown>(colors, start, end, color),
      background: new OverriddenRunIterator<unknown>(backgrounds, start, end, background),
    };
  }

  private moveDrawn(line: Line, known: DrawnLine, colors: Colors): void {
    if (known.elements.length === 0) {
      for (const list of known.lists) list.translate(0, line.y - known.y);
      known.y = line.y;
      return;
    }
    this.undraw(known);
    this.drawnLines.set(line, { ...this.drawn([line], 0, 0, colors), y: line.y });
  }

  /** Takes lines out of the batch. */
  private forget(isMeant: (line: Line) => boolean): void {
    for (const [line, drawn] of this.drawnLines) {
      if (!isMeant(line)) continue;
      this.undraw(drawn);
      this.drawnLines.delete(line);
    }
  }

  /** Has the lines drawn anew that show something of a range. */
  private redraw(start: number, end: number): void {
    if (end > start) this.forget((line) => line.start < end && line.start + line.length >= start);
  }

  /** Lays out the paragraphs from `start` to `end`, where `removed` units were taken out and `added` came in. */
  private change(start: number, end: number, removed: number, added: number): void {
    if (!this.isUpdating) return;
    this.laidOut = edited(this.document, this.content, this.laidOut, this.flowOptions, { start, end, removed, added });
    const kept = new Set(this.laidOut);
    this.forget((line) => !kept.has(line));
    this.stackLines();
  }

  private tell(): void {
    if (this.isUpdating) this.dispatch_event("on_layout_update");
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** How close to the sides of the view a caret may come. */
const EDGE = 10;
