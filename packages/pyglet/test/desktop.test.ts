/** What of windows the desktop has to do with: place, screen, cursor, icon, clipboard, files that are dropped. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { display, window, xlib } from "ctypes-pyglet";
import { logged, onOwnDisplay, opened } from "./opened.ts";
import { noXvfb, until } from "./xvfb.ts";

describe("a window on its desktop", { skip: noXvfb }, () => {
  const own = onOwnDisplay();

  /** What the program xprop says of a window, for it reads what window managers do. */
  function properties(of: window.Window): string {
    display.get_display().platform.sync();
    const { stdout, error } = spawnSync("xprop", ["-id", String(of.platform.id)], { encoding: "utf8" });
    assert.equal(error, undefined);
    return stdout;
  }

  test("is moved, and says where it is", async () => {
    const log: string[] = [];
    const made = await opened({ width: 100, height: 80 }, log);
    made.set_location(50, 60);
    assert.equal(await logged(made, log, /^on_move/), "on_move(x=50, y=60)");
    assert.deepEqual(made.get_location(), [50, 60]);
  });

  test("is told when it is uncovered, hidden and shown", async () => {
    const log: string[] = [];
    const made = await opened({ width: 100, height: 80 }, log);
    const other = await opened({ width: 50, height: 50 });
    log.length = 0;
    other.close();
    await logged(made, log, /^on_expose/);
    made.set_visible(false);
    await logged(made, log, /^on_hide/);
    assert.equal(made.visible, false);
    made.set_visible(true);
    await logged(made, log, /^on_show/);
    log.length = 0;
    made.minimize();
    await logged(made, log, /^on_hide/);
  });

  test("fills the screen, and goes back to where it was", async () => {
    const log: string[] = [];
    const made = await opened({ width: 100, height: 80 }, log);
    made.set_location(50, 60);
    await logged(made, log, /^on_move/);
    made.set_fullscreen(true);
    assert.equal(made.fullscreen, true);
    assert.deepEqual(made.get_size(), [1024, 768]);
    await logged(made, log, /^on_resize\(width=1024, height=768\)/);
    assert.throws(() => made.set_size(10, 10), /the size of a fullscreen window is its screen's/);
    log.length = 0;
    made.set_fullscreen(false);
    await logged(made, log, /^on_resize\(width=100, height=80\)/);
    assert.deepEqual([...made.get_size(), ...made.get_location()], [100, 80, 50, 60]);
    const full = await opened({ fullscreen: true });
    assert.deepEqual([full.width, full.height], [1024, 768]);
    const maximized = await opened({ width: 100, height: 80, resizable: true });
    maximized.maximize();
    assert.deepEqual(maximized.get_size(), [1024, 768]);
  });

  const noXprop = spawnSync("xprop", ["-version"]).error ? "xprop is not installed (Debian: x11-utils)" : false;
  test("has the caption, class, kind, sizes and icon that managers read", { skip: noXprop }, () => {
    const made = new window.Window({ width: 100, height: 80, caption: "Straße 名", style: "dialog", resizable: true });
    made.set_minimum_size(20, 30);
    made.set_maximum_size(200, 300);
    made.set_icon({ width: 2, height: 1, bytes: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 128) });
    const said = properties(made);
    for (const line of [
      /_NET_WM_NAME\(UTF8_STRING\) = "Straße 名"/,
      /_NET_WM_WINDOW_TYPE\(ATOM\) = _NET_WM_WINDOW_TYPE_DIALOG/,
      /WM_PROTOCOLS\(ATOM\): protocols +WM_DELETE_WINDOW, _NET_WM_PING/,
      /minimum size: 20 by 30/,
      /maximum size: 200 by 300/,
      /WM_CLASS\(STRING\) = "ctypes-pyglet", "ctypes-pyglet"/,
      /_NET_WM_ICON\(CARDINAL\) =\s+Icon \(2 x 1\)/,
    ]) {
      assert.match(said, line);
    }
    made.set_caption("Zeile");
    assert.match(properties(made), /WM_NAME\(UTF8_STRING\) = "Zeile"/);
    const fixed = new window.Window({ width: 100, height: 80, style: "borderless" });
    assert.match(properties(fixed), /minimum size: 100 by 80.*_MOTIF_WM_HINTS\(_MOTIF_WM_HINTS\) = 0x2, 0x0, 0x0/s);
    assert.throws(() => new window.Window({ style: "round" as never }), /style: expected one of .*, got "round"/);
  });

  test("shows cursors of the desktop, pictures, and none", async () => {
    const made = await opened({ width: 100, height: 80 });
    for (const [name, value] of Object.entries(window.Window.prototype).filter(([each]) =>
      each.startsWith("CURSOR_"),
    )) {
      assert.ok(name.startsWith("CURSOR_"));
      made.set_mouse_cursor(made.get_system_mouse_cursor(value as never));
    }
    const picture = { width: 9, height: 9, bytes: new Uint8Array(9 * 9 * 4).fill(255) };
    made.set_mouse_cursor(new window.ImageMouseCursor(picture, 4, 4));
    made.set_mouse_visible(false);
    made.set_mouse_visible(true);
    made.set_mouse_cursor(null);
    // What the server refuses is thrown here.
    display.get_display().platform.sync();
    assert.throws(
      () => made.get_system_mouse_cursor("paw" as never),
      /there is no cursor "paw"; there are crosshair, /,
    );
    assert.throws(
      () => new window.ImageMouseCursor({ ...picture, width: 8 }),
      /expected 8 × 9 pixels .*, got 324 bytes/,
    );
  });

  test("draws a cursor that draws itself where the mouse is", async () => {
    const log: string[] = [];
    const made = await opened({ width: 100, height: 80 }, log);
    const places: string[] = [];
    class Drawn extends window.MouseCursor {
      override draw(x: number, y: number) {
        places.push(`${x} ${y}`);
      }
    }
    made.set_mouse_cursor(new Drawn());
    own.user.move(200, 200);
    own.user.move(10, 10);
    own.user.move(20, 30);
    await logged(made, log, /^on_mouse_motion\(x=20, y=49/);
    made.flip();
    assert.deepEqual(places, ["20 49"]);
  });

  test("keeps an exclusive mouse in its middle, and says how far it would have gone", async () => {
    const log: string[] = [];
    const made = await opened({ width: 100, height: 80 }, log);
    made.set_exclusive_mouse(true);
    await until(
      "the mouse to be in the middle",
      () => made.dispatch_events(),
      () => String(own.user.mouse()) === "50,40",
    );
    log.length = 0;
    own.user.move(57, 35);
    assert.match(await logged(made, log, /^on_mouse_motion/), /dx=7, dy=5/);
    await until(
      "the mouse to be back",
      () => made.dispatch_events(),
      () => String(own.user.mouse()) === "50,40",
    );
    made.set_exclusive_mouse(false);
    made.dispatch_events();
    own.user.move(10, 10);
    made.dispatch_events();
    assert.deepEqual(own.user.mouse(), [10, 10]);
    made.set_exclusive_keyboard(true);
    made.set_exclusive_keyboard(false);
    display.get_display().platform.sync();
  });

  test("gives its clipboard to other programs, and takes theirs", async () => {
    const made = await opened({ width: 100, height: 80 });
    assert.equal(await made.get_clipboard_text(), "");
    const elsewhere = new display.Display();
    try {
      const serve = setInterval(() => {
        elsewhere.platform.dispatch();
        made.dispatch_events();
      }, 2);
      made.set_clipboard_text("Grüße ✓");
      assert.equal(await made.get_clipboard_text(), "Grüße ✓");
      assert.equal(await elsewhere.platform.clipboard(), "Grüße ✓");
      elsewhere.platform.setClipboard("x".repeat(100_000));
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal((await made.get_clipboard_text()).length, 100_000);
      clearInterval(serve);
    } finally {
      elsewhere.close();
    }
  });

  test("has events of X seen before they are translated", async () => {
    const log: string[] = [];
    const made = await opened({ width: 100, height: 80 }, log);
    const atoms: number[] = [];
    made.platform_event(xlib.PropertyNotify, (event: xlib.XEvent) => void atoms.push(Number(event.xproperty.atom)));
    made.platform_event(xlib.KeyPress, () => true);
    made.set_caption("new");
    own.user.type(["a"]);
    await logged(made, log, /^on_key_release/);
    assert.ok(atoms.includes(own.user.atom("_NET_WM_NAME")));
    assert.ok(!log.some((line) => line.startsWith("on_key_press")), log.join("\n"));
  });
});
