/**
 * `TextLayout`: a document that is drawn as it is, in a batch. It follows its document: each change lays all of it out
 * again, which suits text that seldom changes.
 */
import { EventDispatcher } from "../../event/dispatcher.ts";
import type { AbstractDocument } from "../document/abstract.ts";
import type { Style } from "../document/style.ts";
import {
  ANCHORS_X,
  ANCHORS_Y,
  type AnchorX,
  type AnchorY,
  bottomOf,
  type Heights,
  leftOf,
  oneOf,
  topOf,
  VERTICAL_ALIGNS,
  type VerticalAlign,
} from "./anchors.ts";
import { Batch, Group, type VertexList } from "./batch.ts";
import { contentOf } from "./content.ts";
import { type Drawing, put, type Target } from "./drawing.ts";
import { type FlowOptions, flow } from "./flow.ts";
import { TextLayoutForegroundDecorationGroup, TextLayoutForegroundGroup, TextLayoutGroup } from "./groups.ts";
import type { Line } from "./line.ts";
import type { LayoutOptions } from "./options.ts";
import { type Colors, changesColorsOnly, Drawer } from "./quads.ts";
import { stack } from "./stack.ts";

export type LayoutEvents = { on_layout_update: () => unknown };

export class TextLayout extends EventDispatcher<LayoutEvents> implements Target {
  static {
    this.register_event_type("on_layout_update");
  }

  readonly dpi: number;
  content_width = 0;
  content_height = 0;
  readonly top_group: Group;
  readonly background_group: Group;
  readonly foreground_group: Group;
  readonly foreground_decoration_group: Group;
  // Subclasses see them before their own constructors run.
  protected currentX: number;
  protected currentY: number;
  protected currentWidth: number | null;
  protected currentHeight: number | null;
  protected laidOut: Line[] = [];
  protected isUpdating = true;
  #anchorX: AnchorX;
  #anchorY: AnchorY;
  #contentValign: VerticalAlign = "top";
  #isMultiline: boolean;
  readonly #wrapLines: boolean;
  #isVisible = true;
  #document: AbstractDocument;
  #batch: Batch;
  #ownsBatch: boolean;
  #drawing: Drawing | null = null;

  /** @throws TypeError for several lines that shall be broken at no width. */
  constructor(
    document: AbstractDocument,
    width: number | null = null,
    height: number | null = null,
    options: LayoutOptions = {},
  ) {
    super();
    this.dpi = options.dpi ?? 96;
    this.currentX = options.x ?? 0;
    this.currentY = options.y ?? 0;
    this.currentWidth = width;
    this.currentHeight = height;
    this.#anchorX = oneOf("anchor_x", options.anchor_x ?? "left", ANCHORS_X);
    this.#anchorY = oneOf("anchor_y", options.anchor_y ?? "bottom", ANCHORS_Y);
    this.#isMultiline = options.multiline ?? false;
    this.#wrapLines = options.wrap_lines ?? true;
    this.#checkWidth();
    this.#batch = options.batch ?? new Batch();
    this.#ownsBatch = !options.batch;
    this.top_group = this.createGroup(options.group ?? null);
    this.background_group = new Group(this.top_group, 0);
    this.foreground_group = new TextLayoutForegroundGroup(this.top_group, 1);
    this.foreground_decoration_group = new TextLayoutForegroundDecorationGroup(this.top_group, 2);
    this.#document = document;
    document.push_handlers(this);
    this.prepare();
    this.renew();
  }

  // -- What it shows, and where ----------------------------------------------------------------------

  get document(): AbstractDocument {
    return this.#document;
  }

  set document(document: AbstractDocument) {
    this.#document.remove_handlers(this);
    this.#document = document;
    document.push_handlers(this);
    this.renew();
  }

  get batch(): Batch {
    return this.#batch;
  }

  set batch(batch: Batch | null) {
    if (batch === this.#batch) return;
    this.erase();
    this.#batch = batch ?? new Batch();
    this.#ownsBatch = batch === null;
    this.draw_lines();
  }

  get x(): number {
    return this.currentX;
  }

  set x(x: number) {
    this.update(x, this.currentY);
  }
  get y(): number {
    return this.currentY;
  }

  set y(y: number) {
    this.update(this.currentX, y);
  }

  get position(): [number, number] {
    return [this.currentX, this.currentY];
  }

  set position([x, y]: readonly [number, number]) {
    this.update(x, y);
  }

  /** Moves it. */
  update(x: number, y: number): void {
    const [dx, dy] = [x - this.currentX, y - this.currentY];
    [this.currentX, this.currentY] = [x, y];
    if (this.#drawing === null || this.#drawing.elements.length > 0) this.draw_lines();
    else for (const list of this.#drawing.lists) list.translate(dx, dy);
  }

  get width(): number | null {
    return this.currentWidth;
  }

  set width(width: number | null) {
    this.currentWidth = width;
    this.#checkWidth();
    this.renew();
  }

  get height(): number | null {
    return this.currentHeight;
  }

  set height(height: number | null) {
    this.currentHeight = height;
    this.draw_lines();
  }

  get multiline(): boolean {
    return this.#isMultiline;
  }

  set multiline(isMultiline: boolean) {
    this.#isMultiline = isMultiline;
    this.#checkWidth();
    this.renew();
  }

  get anchor_x(): AnchorX {
    return this.#anchorX;
  }

  set anchor_x(anchor: AnchorX) {
    this.#anchorX = oneOf("anchor_x", anchor, ANCHORS_X);
    this.draw_lines();
  }

  get anchor_y(): AnchorY {
    return this.#anchorY;
  }

  set anchor_y(anchor: AnchorY) {
    this.#anchorY = oneOf("anchor_y", anchor, ANCHORS_Y);
    this.draw_lines();
  }

  /** Where the text stands in a height that is larger than it. */
  get content_valign(): VerticalAlign {
    return this.#contentValign;
  }

  set content_valign(align: VerticalAlign) {
    this.#contentValign = oneOf("content_valign", align, VERTICAL_ALIGNS);
    this.draw_lines();
  }

  get visible(): boolean {
    return this.#isVisible;
  }

  set visible(isVisible: boolean) {
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    this.draw_lines();
  }

  // -- Changes, and drawing ------------------------------------------------------------------------

  /** Changes are not followed until `end_update`: for many changes at once. */
  begin_update(): void {
    this.isUpdating = false;
  }

  end_update(): void {
    this.isUpdating = true;
    this.renew();
  }

  /** Takes it out of its batch, and leaves its document. */
  delete(): void {
    this.erase();
    this.#document.remove_handlers(this);
  }

  draw(): void {
    if (this.#ownsBatch) this.#batch.draw();
    else this.#batch.draw_subset(this.drawnLists());
  }

  on_insert_text(_start: number, _text: string): void {
    this.renew();
  }

  on_delete_text(_start: number, _end: number): void {
    this.renew();
  }

  on_style_text(_start: number, _end: number, attributes: Style): void {
    if (changesColorsOnly(attributes)) this.draw_lines();
    else this.renew();
  }

  // -- For subclasses ------------------------------------------------------------------------------

  /** Runs before anything is laid out, when the fields of a subclass are not there yet. */
  protected prepare(): void {}

  protected createGroup(parent: Group | null): Group {
    return new TextLayoutGroup(parent);
  }

  protected drawnLists(): Iterable<VertexList> {
    return this.#drawing?.lists ?? [];
  }

  protected get flowOptions(): FlowOptions {
    const isMultiline = this.#isMultiline;
    return { dpi: this.dpi, width: this.currentWidth, isMultiline, isWrapped: isMultiline && this.#wrapLines };
  }

  /** Lays all of the document out again. */
  protected renew(): void {
    if (!this.isUpdating) return;
    const { document, dpi } = this;
    const content = contentOf(document, dpi, 0, document.text.length);
    this.laidOut = [...flow(document, content, this.flowOptions)];
    this.stackLines();
    this.draw_lines();
  }

  protected stackLines(): void {
    const extent = stack(this.document, this.laidOut, this.currentWidth, this.dpi);
    this.content_width = extent.width;
    this.content_height = extent.height;
  }

  /** Puts what the lines draw into the batch, in place of what was there. */
  protected draw_lines(): void {
    this.erase();
    if (!this.isUpdating || !this.#isVisible || this.document.text === "") return;
    this.#drawing = this.drawn(this.laidOut, this.left, this.top, {
      color: this.document.get_style_runs("color"),
      background: this.document.get_style_runs("background_color"),
    });
  }

  protected erase(): void {
    if (this.#drawing !== null) this.undraw(this.#drawing);
    this.#drawing = null;
  }

  /** Adds lines to the batch. */
  protected drawn(lines: Iterable<Line>, x: number, y: number, colors: Colors): Drawing {
    const drawer = new Drawer(this.document, this.dpi, colors);
    for (const line of lines) drawer.add(line, x, y);
    return put(this, drawer.drawn);
  }

  protected undraw({ lists, elements }: Drawing): void {
    for (const list of lists) list.delete();
    for (const element of elements) element.remove(this);
  }

  /** Where the left end of the layout is. */
  protected get left(): number {
    const { isWrapped } = this.flowOptions;
    return leftOf(this.currentX, this.#anchorX, isWrapped ? (this.currentWidth as number) : this.content_width);
  }

  /** Where the upper end of the text is. */
  protected get top(): number {
    return topOf(this.#heights);
  }

  /** Where the lower end of the layout is. */
  protected get bottom(): number {
    return bottomOf(this.#heights);
  }

  get #heights(): Heights {
    return {
      y: this.currentY,
      anchor: this.#anchorY,
      valign: this.#contentValign,
      height: this.currentHeight,
      contentHeight: this.content_height,
      lines: this.laidOut,
    };
  }

  #checkWidth(): void {
    if (this.#isMultiline && this.#wrapLines && !this.currentWidth)
      throw new TypeError(`a layout of several lines: width: expected pixels to wrap at, got ${this.currentWidth}`);
  }
}
