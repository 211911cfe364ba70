/** Windows for tests: open, on the screen, and active. */
import { window } from "ctypes-pyglet";
import { until } from "./xvfb.ts";

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
