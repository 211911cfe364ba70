/**
 * Fields that text is typed into. Tab goes to the next one, and so does the mouse. Run it where there is a display:
 *
 *     npx tsx examples/pyglet/text_input.ts
 */
import { app, gl, key, text, window } from "ctypes-pyglet";

const { Caret } = text.caret;
const { IncrementalTextLayout } = text.layout;

/** A field: a document, the layout that shows it, and the caret that changes it. */
class Field {
  readonly layout: InstanceType<typeof IncrementalTextLayout>;
  readonly caret: InstanceType<typeof Caret>;
  readonly label: text.Label;

  constructor(name: string, content: string, x: number, y: number, width: number, height: number) {
    const document = text.decode_text(content);
    document.set_style(0, content.length, { color: [0, 0, 0, 255], font_name: "DejaVu Sans", font_size: 12 });
    this.layout = new IncrementalTextLayout(document, width, height, { x, y, multiline: height > 30 });
    this.caret = new Caret(this.layout);
    this.caret.visible = false;
    this.label = new text.Label(name, { x: 10, y: y + height, anchor_y: "top", color: [0, 0, 0, 255] });
  }

  has(x: number, y: number): boolean {
    const { layout } = this;
    return x >= layout.x && x < layout.x + layout.width && y >= layout.y && y < layout.y + layout.height;
  }

  draw(): void {
    const { x, y, width, height } = this.layout;
    gl.glColor3f(0.85, 0.85, 0.82);
    gl.glRectf(x - 2, y - 2, x + width + 2, y + height + 2);
    this.label.draw();
    this.layout.draw();
  }
}

const win = new window.Window({ width: 400, height: 220, caption: "Text input" });
const fields = [
  new Field("Name", "", 100, 180, 280, 22),
  new Field("Species", "", 100, 140, 280, 22),
  new Field("Notes", "Several lines\nmay stand here.", 100, 20, 280, 100),
];
let focus: Field | null = null;

/** Has what is typed go to a field, or to none. */
function setFocus(field: Field | null): void {
  if (focus !== null) {
    focus.caret.mark = null;
    focus.caret.position = 0;
    focus.caret.visible = false;
  }
  focus = field;
  if (field === null) return;
  field.caret.visible = true;
  field.caret.mark = 0;
  field.caret.position = field.layout.document.text.length;
}

setFocus(fields[0] ?? null);

win.push_handlers({
  on_draw() {
    gl.glClearColor(1, 1, 1, 1);
    win.clear();
    for (const field of fields) field.draw();
  },
  on_mouse_press(x: number, y: number, button: number, modifiers: number) {
    setFocus(fields.find((field) => field.has(x, y)) ?? null);
    focus?.caret.on_mouse_press(x, y, button, modifiers);
  },
  on_mouse_drag(x: number, y: number, dx: number, dy: number, buttons: number, modifiers: number) {
    focus?.caret.on_mouse_drag(x, y, dx, dy, buttons, modifiers);
  },
  on_text: (typed: string) => focus?.caret.on_text(typed),
  on_text_motion: (motion: number) => focus?.caret.on_text_motion(motion),
  on_text_motion_select: (motion: number) => focus?.caret.on_text_motion_select(motion),
  on_key_press(symbol: number, modifiers: number) {
    if (symbol !== key.TAB) return;
    const step = modifiers & key.MOD_SHIFT ? -1 : 1;
    const next = ((focus === null ? -1 : fields.indexOf(focus)) + step + fields.length) % fields.length;
    setFocus(fields[next] ?? null);
    return true;
  },
});

await app.run();
