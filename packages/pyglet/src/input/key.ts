/** `key`: the names of keys, modifiers and motions, and what to call a number of theirs. */
import * as names from "./keynames.ts";

export * from "./keynames.ts";

const keys = new Map<number, string>();
const modifiers: [number, string][] = [];
const motions = new Map<number, string>();
for (const [name, value] of Object.entries(names)) {
  if (name.startsWith("MOD_")) {
    if (name !== "MOD_ACCEL") modifiers.push([value, name]);
  } else if (name.startsWith("MOTION_")) motions.set(value, name);
  else if (!keys.has(value)) keys.set(value, name);
}
modifiers.sort(([a], [b]) => a - b);

/** Keys without a name begin here; what is below is the number that the keyboard has for them. */
const USER_KEYS = 2 ** 32;

/** The name of a key, such as "ESCAPE"; `user_key(1a)` of one without a name. */
export function symbol_string(symbol: number): string {
  if (symbol >= USER_KEYS) return `user_key(${(symbol - USER_KEYS).toString(16)})`;
  return keys.get(symbol) ?? String(symbol);
}

/** The names of the modifiers in a set, such as "MOD_SHIFT|MOD_CTRL". */
export function modifiers_string(set: number): string {
  return modifiers
    .filter(([bit]) => set & bit)
    .map(([, name]) => name)
    .join("|");
}

/** The name of a motion, such as "MOTION_NEXT_WORD". */
export function motion_string(motion: number): string {
  return motions.get(motion) ?? String(motion);
}

/** The symbol of a key that has no name. */
export function user_key(scancode: number): number {
  return USER_KEYS + scancode;
}
