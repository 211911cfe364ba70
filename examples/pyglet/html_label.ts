/**
 * HTML in a window, which flows anew as the window gets another size. Run it where there is a display:
 *
 *     npx tsx examples/pyglet/html_label.ts
 */
import { app, gl, text, window } from "ctypes-pyglet";

const MARGIN = 10;

const html = `
<h1>HTML labels</h1>

<p align="center"><font size="+1">Text in a window of OpenGL, with <i>styles</i></font></p>

<p>A label of HTML knows the elements that say what text looks like: <b>bold</b>, <i>italic</i>, <u>underlined</u> and
<code>typewriter</code> text, x<sup>2</sup> and H<sub>2</sub>O, <font size="5">several</font> <font size="1">sizes</font>
and <font color="#c02000">colours</font>, named (<font color="teal">teal</font>) or not.</p>

<p>Lists are of two kinds:

<ul>
  <li>with marks,<ul type="circle"><li>which are discs,<li>circles or squares,</ul>
  <li>and with numbers:
  <ol type="I">
    <li>letters and Roman numerals are numbers, too;
    <li>each has its place, however long its text is, for what does not fit goes under it.
  </ol>
</ul>

<p align="right"><font color="gray">Change the size of the window, and the text follows.</font></p>
`;

const win = new window.Window({ width: 480, height: 540, caption: "HTML label", resizable: true });

const label = new text.HTMLLabel(html, {
  x: MARGIN,
  y: win.height - MARGIN,
  width: win.width - 2 * MARGIN,
  anchor_y: "top",
  multiline: true,
});

win.push_handlers({
  on_resize(width: number, height: number) {
    label.begin_update();
    label.y = height - MARGIN;
    label.width = width - 2 * MARGIN;
    label.end_update();
  },
  on_draw() {
    gl.glClearColor(1, 1, 1, 1);
    win.clear();
    label.draw();
  },
});

await app.run();
