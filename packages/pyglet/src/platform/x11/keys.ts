/** X's keys, states and buttons as pyglet's. */

import * as key from "../../input/key.ts";
import { LEFT, MIDDLE, RIGHT } from "../../input/mouse.ts";

const names = new Set<number>(Object.values(key).filter((value) => typeof value === "number"));

/**
 * The symbol of a key: its keysym, as it is with the modifiers that are held, where pyglet has a name for that, or for
 * its small letter; else what the keyboard calls the key. Null for none.
 */
export function symbolOf(keysym: number, keycode: number): number | null {
  if (keysym === 0) return null;
  if (names.has(keysym) || keycode === 0) return keysym;
  const small = keysym < LAST_LETTER ? (String.fromCodePoint(keysym).toLowerCase().codePointAt(0) ?? 0) : 0;
  return names.has(small) ? small : key.user_key(keycode);
}

/** Keysyms up to this one are letters of Latin 1. */
const LAST_LETTER = 0x100;

/** The modifiers of an event's state. */
export function modifiersOf(state: number): number {
  let set = 0;
  for (const [mask, modifier] of MODIFIERS) if (state & mask) set |= modifier;
  return set;
}

/** The buttons that are held, of an event's state. */
export function buttonsOf(state: number): number {
  return (state & 0x100 ? LEFT : 0) | (state & 0x200 ? MIDDLE : 0) | (state & 0x400 ? RIGHT : 0);
}

/** Bits of an event's state: shift, lock, control, and the five that a keyboard gives meaning. */
const MODIFIERS = [
  [1, key.MOD_SHIFT],
  [2, key.MOD_CAPSLOCK],
  [4, key.MOD_CTRL],
  [8, key.MOD_ALT],
  [16, key.MOD_NUMLOCK],
  [64, key.MOD_WINDOWS],
  [128, key.MOD_SCROLLLOCK],
] as const;

/** Mouse buttons by X's numbers. */
export const BUTTONS: readonly number[] = [0, LEFT, MIDDLE, RIGHT];

/** The motion of a text cursor that a key makes, or undefined. */
export function motionOf(symbol: number, modifiers: number): number | undefined {
  if (modifiers & key.MOD_ALT) return undefined;
  return (modifiers & key.MOD_CTRL ? WITH_CONTROL : MOTIONS).get(symbol);
}

const MOTIONS = new Map<number, number>([
  [key.UP, key.MOTION_UP],
  [key.RIGHT, key.MOTION_RIGHT],
  [key.DOWN, key.MOTION_DOWN],
  [key.LEFT, key.MOTION_LEFT],
  [key.HOME, key.MOTION_BEGINNING_OF_LINE],
  [key.END, key.MOTION_END_OF_LINE],
  [key.PAGEUP, key.MOTION_PREVIOUS_PAGE],
  [key.PAGEDOWN, key.MOTION_NEXT_PAGE],
  [key.BACKSPACE, key.MOTION_BACKSPACE],
  [key.DELETE, key.MOTION_DELETE],
]);

const WITH_CONTROL = new Map<number, number>([
  [key.RIGHT, key.MOTION_NEXT_WORD],
  [key.LEFT, key.MOTION_PREVIOUS_WORD],
  [key.HOME, key.MOTION_BEGINNING_OF_FILE],
  [key.END, key.MOTION_END_OF_FILE],
]);
