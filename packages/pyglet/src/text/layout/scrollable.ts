/** `ScrollableTextLayout`: a layout that shows a part of its text, cut to a rectangle. */
import type { AbstractDocument } from "../document/abstract.ts";
import type { Group } from "./batch.ts";
import { ViewGroup } from "./groups.ts";
import type { LayoutOptions } from "./options.ts";
import { TextLayout } from "./textlayout.ts";

export class ScrollableTextLayout extends TextLayout {
  declare readonly top_group: ViewGroup;

  constructor(document: AbstractDocument, width: number, height: number, options: LayoutOptions = {}) {
    super(document, width, height, options);
  }

  /** How far the text is scrolled to the right: at most to its end. */
  get view_x(): number {
    return this.top_group.view_x;
  }

  set view_x(x: number) {
    this.top_group.view_x = Math.max(0, Math.min(this.content_width - (this.currentWidth ?? 0), x));
    this.follow();
  }

  /** How far it is scrolled down: 0 at the top, and negative below. */
  get view_y(): number {
    return this.top_group.view_y;
  }

  set view_y(y: number) {
    this.top_group.view_y = Math.min(0, Math.max((this.currentHeight ?? 0) - this.content_height, y));
    this.follow();
  }

  override update(x: number, y: number): void {
    super.update(x, y);
    this.follow();
  }

  protected override createGroup(parent: Group | null): ViewGroup {
    return new ViewGroup(parent);
  }

  protected override draw_lines(): void {
    super.draw_lines();
    this.follow();
  }

  private follow(): void {
    const group = this.top_group;
    group.x = this.left;
    group.y = this.bottom;
    group.width = this.currentWidth ?? 0;
    group.height = this.currentHeight ?? 0;
    group.translate_x = -group.view_x;
    group.translate_y = -group.view_y;
  }
}
