/** Text that a user types: keys and mouse of a display, a caret, and the examples of text. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { app, gl, text, window } from "ctypes-pyglet";
import { noXvfb, startXvfb, User, until, type Xvfb } from "./xvfb.ts";

const root = join(import.meta.dirname, "../../..");

describe("text that is typed", { skip: noXvfb }, () => {
  let xvfb: Xvfb;
  let user: User;
  before(async () => {
    xvfb = await startXvfb("640x600x24");
    user = new User();
  });
  after(async () => {
    user.close();
    for (const each of app.windows) each.close();
    await xvfb.stop();
  });

  test("comes into a document, is selected by keys and mouse, and is deleted", async () => {
    const win = new window.Window({ width: 300, height: 100 });
    const document = text.decode_attributed("{font_size 14}{color (255, 255, 255, 255)}ab");
    const layout = new text.layout.IncrementalTextLayout(document, 280, 80, { x: 10, y: 10, multiline: true });
    const caret = new text.caret.Caret(layout, { color: [255, 0, 0] });
    caret.position = 2;
    win.push_handlers(caret);
    let isActive = false;
    win.push_handlers({ on_activate: () => void (isActive = true) });
    const wait = (what: string, condition: () => boolean) => until(what, () => win.dispatch_events(), condition);
    await wait("the window to be active", () => isActive);

    user.type(["h", "i", "space"]);
    user.type(["x"], ["Shift_L"]);
    user.type(["Return", "z"]);
    await wait("the text", () => document.text === "abhi X\nz");
    assert.deepEqual([caret.position, caret.line], [8, 1]);

    user.type(["Up", "End", "BackSpace"]);
    await wait("a deletion", () => document.text === "abhi \nz");
    user.type(["Home"], ["Shift_L"]);
    await wait("a selection", () => layout.selection_end - layout.selection_start === 5);
    user.type(["n", "e", "w"]);
    await wait("the replacement", () => document.text === "new\nz");
    assert.equal(document.get_style("font_size", 1), 14);

    // Dragging from the first letter to the right end selects the line.
    const height = layout.get_point_from_line(0)[1] + 5;
    user.move(12, 100 - height);
    user.press();
    user.move(200, 100 - height);
    user.release();
    await wait("the mouse's selection", () => layout.selection_start === 0 && layout.selection_end === 3);
    win.clear();
    layout.draw();
    const pixel = new Uint8Array(4);
    gl.glReadPixels(11, Math.round(height) + 8, 1, 1, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pixel);
    assert.deepEqual([...pixel.subarray(0, 3)], [46, 106, 197]);
    user.type(["Delete"]);
    await wait("the deletion", () => document.text === "\nz");
    caret.delete();
    win.close();
  });

  test("blinks, and is hidden in a window that is not active", async () => {
    const layout = new text.layout.IncrementalTextLayout(text.decode_text("x"), 100, 50);
    const win = new window.Window({ width: 100, height: 50 });
    const caret = new text.caret.Caret(layout, { color: [255, 0, 0] });
    caret.PERIOD = 0.02;
    caret.visible = true;
    caret.position = 1;
    const seen = new Set<boolean>();
    const look = () => {
      win.clear();
      layout.draw();
      const pixels = new Uint8Array(100 * 50 * 4);
      gl.glReadPixels(0, 0, 100, 50, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pixels);
      seen.add(pixels.some((red, at) => at % 4 === 0 && red > 200 && (pixels[at + 1] as number) < 50));
      return seen.size;
    };
    win.push_handlers({ on_draw: () => void (look() === 2 && app.exit()) });
    await app.run();
    assert.equal(seen.size, 2);
    caret.on_deactivate();
    seen.clear();
    look();
    assert.deepEqual([...seen], [false]);
    caret.delete();
    win.close();
  });

  /** An example in a process of its own, once it has drawn. */
  async function started(name: string): Promise<{ child: ChildProcess; errors: () => string }> {
    const child = spawn(process.execPath, ["--import", "tsx", join(root, "examples/pyglet", name)], { cwd: root });
    let errors = "";
    child.stderr?.on("data", (bytes) => (errors += bytes));
    await until(
      `${name} to draw`,
      () => {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${errors}`);
      },
      () => user.pixel(3, 3).join() === "255,255,255",
    );
    return { child, errors: () => errors };
  }

  async function ended(child: ChildProcess): Promise<unknown> {
    user.type(["Escape"]);
    if (child.exitCode === null) await once(child, "exit");
    return child.exitCode;
  }

  /** How many pixels of a part of the screen are a colour. */
  function count(width: number, height: number, isMeant: (color: [number, number, number]) => boolean): number {
    let found = 0;
    for (let y = 0; y < height; y += 3) for (let x = 0; x < width; x += 3) if (isMeant(user.pixel(x, y))) found++;
    return found;
  }

  test("html_label shows its text, and ends at Escape", async () => {
    const { child, errors } = await started("html_label.ts");
    await until(
      "its text",
      () => {},
      () => count(480, 200, ([red]) => red < 100) > 100,
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.ok(count(480, 200, ([red, green]) => red > 150 && green < 90) > 0, "red text");
    assert.equal(await ended(child), 0, errors());
  });

  test("text_input takes what is typed, and ends at Escape", async () => {
    const { child, errors } = await started("text_input.ts");
    const ink = () => count(400, 40, ([red]) => red < 100);
    const before = ink();
    await new Promise((resolve) => setTimeout(resolve, 300));
    user.type(["m", "m", "m", "m", "m", "m"]);
    await until(
      "what was typed",
      () => {},
      () => ink() > before + 20,
    );
    assert.equal(await ended(child), 0, errors());
  });
});
