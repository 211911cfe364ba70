/** `mouse`: its buttons, each a bit, under pyglet's names. */

export const LEFT = 1;
export const MIDDLE = 2;
export const RIGHT = 4;

/** The names of the buttons in a set, such as "LEFT|RIGHT". */
export function buttons_string(buttons: number): string {
  const names: [number, string][] = [
    [LEFT, "LEFT"],
    [MIDDLE, "MIDDLE"],
    [RIGHT, "RIGHT"],
  ];
  return names
    .filter(([bit]) => buttons & bit)
    .map(([, name]) => name)
    .join("|");
}
