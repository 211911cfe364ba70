/** Windows for tests: a display for them; open, on the screen, and active. */
import { after, afterEach, before } from "node:test";
import { app, display, window } from "ctypes-pyglet";
import { startXvfb, User, until, type Xvfb } from "./xvfb.ts";

/** Has the tests of a suite run on a display of its own, with a user; each test's windows are closed after it. */
export function onOwnDisplay(): { readonly xvfb: Xvfb; readonly user: User } {
  let xvfb: Xvfb;
  let user: User;
  before(async () => {
    xvfb = await startXvfb();
    user = new User();
  });
  after(async () => {
    user.close();
    display.get_display().close();
    await xvfb.stop();
  });
  afterEach(() => {
    for (const each of app.windows) each.close();
  });
  return {
    get xvfb() {
      return xvfb;
    },
    get user() {
      return user;
    },
  };
}

/** A window whose events are in `log`, once it has the keyboard. */
export async function opened(parameters: window.WindowParameters, log: string[] = []): Promise<window.Window> {
  const made = new window.Window(parameters);
  made.push_handlers(new window.WindowEventLogger((line) => log.push(line)));
  await until(
    "the window to be active",
    () => made.dispatch_events(),
    () => log.includes("on_activate()"),
  );
  return made;
}

/** Takes events of the window until a line of the log matches; returns it. */
export async function logged(of: window.Window, log: readonly string[], line: RegExp): Promise<string> {
  await until(
    `${line} among ${log.join("\n")}`,
    () => of.dispatch_events(),
    () => log.some((each) => line.test(each)),
  );
  return log.find((each) => line.test(each)) as string;
}
