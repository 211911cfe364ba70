/** Enumerations of generated modules: types of their own, wherever C has one. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { inspect } from "node:util";
import { check, type Generated, type GenerateOptions, generatePerHeader } from "ctypes-configure";
import { complaintsAbout, libraryOf, loaded, skipWithoutLibclang } from "./generated.ts";
import { file, folder } from "./support.ts";

const header = `
enum color { RED, GREEN = 5, /** Like the sky. */ BLUE = 6 };
typedef enum color shade;
typedef enum _Access { READ = 1, WRITE = 2, EXECUTE = 4 } Access;
typedef enum { LOW = -1, HIGH = 1 } level;
enum __attribute__((packed)) tiny { NONE, MANY = 200 };
enum wide { SMALL = 1, LARGE = 0x8000000000000000ul };
enum odd { from_address = 1, name = 2, prototype = 3, length = 4, __proto__ = 5 };
enum later;
struct pixel { enum color color; Access access : 3; level level : 2; shade shades[2]; enum tiny tiny; shade *to; };
typedef enum color (*paint)(enum color from, level by);
typedef shade row[2];
shade next(enum color c);
level negated(level l);
enum tiny same_tiny(enum tiny t);
enum wide same_wide(enum wide w);
Access both(Access a, Access b);
enum odd same_odd(enum odd o);
void fill(shade *colors, int count, shade with);
enum color apply(paint f, enum color c);
struct pixel first(void);
int use(int (*f)(level));
extern shade current;
`;
const source = `
shade current = GREEN;
shade next(enum color c) { return c == RED ? GREEN : 77; }
level negated(level l) { return -l; }
enum tiny same_tiny(enum tiny t) { return t; }
enum wide same_wide(enum wide w) { return w; }
Access both(Access a, Access b) { return a | b; }
enum odd same_odd(enum odd o) { return o; }
void fill(shade *colors, int count, shade with) { while (count--) *colors++ = with; }
enum color apply(paint f, enum color c) { return f(c, LOW); }
struct pixel first(void) { return (struct pixel){ GREEN, READ | EXECUTE, LOW, { BLUE, 9 }, MANY, &current }; }
int use(int (*f)(level)) { return f(HIGH); }
`;

describe("enumerations of a generated module", { skip: skipWithoutLibclang() }, () => {
  let options: GenerateOptions;
  let made: Generated;
  let module: Record<string, any>;
  before(async () => {
    options = libraryOf("enums", header, source);
    ({ made, module } = await loaded(options));
  });

  test("are passed, given and stored as C has them", () => {
    const { libenums, color, level, tiny, wide, odd, Access, shade, pixel, row } = module;
    assert.equal(libenums.next(color.RED), color.GREEN);
    assert.equal(libenums.next(color.GREEN), 77);
    assert.equal(libenums.negated(level.HIGH), level.LOW);
    assert.equal(libenums.same_tiny(tiny.MANY), 200);
    assert.equal(libenums.same_wide(wide.LARGE), 0x8000000000000000n);
    assert.equal(libenums.both(Access.READ, Access.WRITE), 3);
    assert.equal(libenums.current.value, shade.GREEN);
    const colors = new row();
    libenums.fill(colors, 2, color.BLUE);
    assert.deepEqual([...colors], [6, 6]);
    const paint = new module.paint((from: number, by: number) => (by === level.LOW ? from + 1 : 0));
    assert.equal(libenums.apply(paint, color.GREEN), color.BLUE);
    paint.dispose();
    assert.deepEqual({ ...color }, { RED: 0, GREEN: 5, BLUE: 6 });
    assert.equal(libenums.same_odd(odd.from_address_), 1);
    assert.deepEqual(
      [odd.name_, odd.prototype_, odd.length, Object.getOwnPropertyDescriptor(odd, "__proto__")?.value],
      [2, 3, 4, 5],
    );
    const first = libenums.first();
    assert.equal(first.to.contents.value, color.GREEN);
    first.to = null;
    assert.equal(
      inspect(first, { breakLength: Infinity }),
      "pixel { color: GREEN, access: READ | EXECUTE, level: LOW, shades: ARRAY(color, 2) [ BLUE, 9 ], tiny: MANY, to: null }",
    );
    assert.equal(new pixel({ access: 3 }).access, 3);
  });

  test("go the way of their integers", () => {
    assert.equal(module.libenums.next.tier, module.libenums.both.tier);
    assert.match(made.text, /export const tiny = Enumeration\("tiny", c_ubyte, \{/);
    assert.match(made.text, /export const wide = Enumeration\("wide", c_ulong, \{/);
    assert.match(made.text, /export const level = Enumeration\("level", c_int, \{/);
    assert.match(made.text, /\/\*\* Like the sky\. \*\/\n {2}BLUE: 6/);
  });

  test("take their constants alone in TypeScript, and others by a cast", () => {
    const program = `
import { Access, color, level, libenums, paint, pixel, row, type shade, tiny, wide } from "./module.ts";

const one: color = color.RED;
const same: shade = libenums.next(one);
const exact: 0 | 5 | 6 = same;
libenums.both((Access.READ | Access.WRITE) as Access, Access.EXECUTE);
const point = new pixel({ color: color.BLUE, access: Access.READ, level: level.LOW, shades: [0, 5], tiny: tiny.MANY });
const access: 1 | 2 | 4 = point.access;
const item: color = point.shades.at(0);
const target: color | undefined = point.to?.contents.value;
const large: 1 | 0x8000000000000000n = libenums.same_wide(wide.SMALL);
libenums.apply(new paint((from, by) => { const l: level = by; return l === 1 ? from : color.BLUE; }), 0);
libenums.fill(new row(), 2, 5);
const number: number = 5;
// @ts-expect-error: any number
libenums.next(number);
// @ts-expect-error: a number that has no name
libenums.next(1);
// @ts-expect-error: a constant of another enumeration
libenums.next(level.HIGH);
// @ts-expect-error: any number
point.color = number;
// @ts-expect-error: any number
point.access = number;
// @ts-expect-error: any number
new pixel({ level: number });
// @ts-expect-error: any number
libenums.current.value = number;
// @ts-expect-error: a callback that gives any number
new paint(() => number);
libenums.next(number as color);
libenums.current.value = color.RED;
export const used = [exact, access, item, target, large];
`;
    assert.equal(complaintsAbout(made, program), "");
  });

  test("are compared with C: their integers, their values, and what they lack", async () => {
    const { differences, compared } = await check(module, { cache: false });
    assert.deepEqual(differences, []);
    assert.ok(compared > 60, `${compared} facts`);
    const { Enumeration, c_int, c_ubyte } = await import("ctypes-js");
    const wrong = {
      color: Enumeration("color", c_int, { RED: 0, GREEN: 4 }),
      tiny: Enumeration("tiny", c_int, { NONE: 0, MANY: 200 }),
      level: Enumeration("level", c_ubyte, { HIGH: 1, MISSING: 7 }),
    };
    const { libraries: _, ...settings } = options;
    const { differences: found, unknown } = await check(wrong, { ...settings, cache: false });
    const said = found.map(({ name, what, module: ours, headers }) => `${name} ${what}: ${ours} / ${headers}`);
    assert.deepEqual(said, [
      "color kind: signed / unsigned",
      "color.GREEN value: 4 / 5",
      "color.BLUE value: undefined / 6",
      "tiny size: 4 / 1",
      "tiny alignment: 4 / 1",
      "tiny kind: signed / unsigned",
      "level size: 1 / 4",
      "level alignment: 1 / 4",
      "level kind: unsigned / signed",
      "level.LOW value: undefined / -1",
    ]);
    assert.deepEqual(unknown, ["level.MISSING"]);
  });

  test("that have no name of their own are types where members have them", async () => {
    const own = `
struct event { enum { PRESSED, RELEASED } kind; enum { LEFT = -1, RIGHT } side : 4; struct { enum { NEAR } deep; } in; };
typedef struct { enum { COLD, WARM = 3 } states[2]; enum { GONE } *last; } weather;
#define WARM WARM
enum { LOOSE };
enum event_kind_of { OTHER };
int kind_of(struct event *event);
int state_of(weather *w, int i);
`;
    const code = `
int kind_of(struct event *event) { return event->kind * 10 + event->side; }
int state_of(weather *w, int i) { return w->states[i]; }
`;
    const { module, made } = await loaded(libraryOf("members", own, code));
    const { event, event_kind, event_side, event_in_deep, weather, weather_states, weather_last, libmembers } = module;
    assert.deepEqual(
      [event_kind, event_side, event_in_deep, weather_states, weather_last].map((type) => ({ ...type })),
      [{ PRESSED: 0, RELEASED: 1 }, { LEFT: -1, RIGHT: 0 }, { NEAR: 0 }, { COLD: 0, WARM: 3 }, { GONE: 0 }],
    );
    assert.deepEqual([module.LOOSE, module.PRESSED, module.WARM], [0, undefined, undefined]);
    const pressed = new event({ kind: event_kind.RELEASED, side: event_side.LEFT });
    assert.equal(libmembers.kind_of(pressed), 9);
    assert.match(inspect(pressed), /kind: RELEASED, side: LEFT/);
    assert.equal(libmembers.state_of(new weather({ states: [weather_states.WARM, 0] }), 0), 3);
    const program = `
import { event, event_kind, weather } from "./module.ts";

export const kind: 0 | 1 = new event({ kind: event_kind.RELEASED }).kind;
export const state: 0 | 3 = new weather().states.at(1);
// @ts-expect-error: no constant of the member's enumeration
new event({ kind: 7 });
`;
    assert.equal(complaintsAbout(made, program), "");
    const { differences, unknown } = await check(module, { cache: false });
    assert.deepEqual([differences, unknown], [[], []]);
  });

  test("of another header are imported by each of their names", () => {
    file("kinds.h", "#pragma once\ntypedef enum _Kind { KIND_A, KIND_B } Kind;\n");
    file(
      "users.h",
      '#include "kinds.h"\nstruct user { Kind kind; enum _Kind other; };\nenum _Kind kind_of(const struct user *u);\n',
    );
    const { modules } = generatePerHeader({ headers: ["users.h"], includeDirs: [folder()] });
    const users = modules.find((one) => one.file === "users.types.ts")?.text ?? "";
    assert.match(users, /import \{ _Kind, Kind \} from "\.\/kinds\.types\.ts";/);
    assert.match(users, /class user extends Structure\(\{ kind: Kind, other: _Kind \}\)/);
  });
});
