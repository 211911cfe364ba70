/**
 * The chart: a panel a case, in it a bar a contender, the shortest on top. Plain SVG without a library: some rectangles
 * and words.
 *
 * It is shown as an image on pages that are light or dark, so its own style asks which, and its ground is transparent.
 */
import type { Figures } from "./measuring.ts";

const PANELS = [
  { name: "add i32", title: "int add(int, int)" },
  { name: "6 arguments", title: "six int arguments" },
  { name: "add f64", title: "double add(double, double)" },
  { name: "strlen 11", title: "strlen of an 11-character string" },
  { name: "nested in", title: "a 40-byte structure by value" },
  { name: "callback", title: "C calling a callback" },
];
const SHOWN = ["ctypes", "koffi", "node:ffi", "addon", "Deno", "Bun", "LuaJIT"];
const NAMES: Readonly<Record<string, string>> = { addon: "Node-API addon" };

const BAR = 13;
const STEP = 19;
const PANEL = { width: 380, labels: 132, values: 62, head: 30, gap: 18 };

const STYLE = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .small { fill: #59636e }
  .bar { fill: #9aa4af }
  .ours { fill: #1a7f5a }
  .name-ours { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .small { fill: #9198a1 }
    .bar { fill: #59636e }
    .ours { fill: #2eb67d }
  }`;

export function chartOf(figures: Figures, major: number, version: string): string {
  const panels = PANELS.map(({ name, title }) => {
    const bars = SHOWN.map((contender) => ({ contender, ns: figures.of(contender, major, name) }))
      .filter((bar): bar is { contender: string; ns: number } => bar.ns !== undefined)
      .sort((a, b) => a.ns - b.ns);
    return { title, bars };
  });
  const rows = Math.max(...panels.map(({ bars }) => bars.length));
  const panelHeight = PANEL.head + rows * STEP + PANEL.gap;
  const width = 2 * PANEL.width + 20;
  const height = Math.ceil(panels.length / 2) * panelHeight + 24;
  const body = panels.map((panel, index) => {
    const x = (index % 2) * (PANEL.width + 20);
    const y = Math.floor(index / 2) * panelHeight;
    return `<g transform="translate(${x} ${y})">${panelOf(panel.title, panel.bars)}</g>`;
  });
  const note = `<text class="small" x="0" y="${height - 8}">nanoseconds a call, shorter is better; ${version}, x86-64</text>`;
  const label = "Nanoseconds a call of ctypes and of other foreign function interfaces, in six cases";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">` +
    `<style>${STYLE}</style>\n${[...body, note].join("\n")}\n</svg>\n`
  );
}

function panelOf(title: string, bars: readonly { readonly contender: string; readonly ns: number }[]): string {
  const longest = Math.max(...bars.map(({ ns }) => ns));
  const room = PANEL.width - PANEL.labels - PANEL.values;
  const rows = bars.map(({ contender, ns }, index) => {
    const isOurs = contender === "ctypes";
    const y = PANEL.head + index * STEP;
    const length = Math.max(1, (ns / longest) * room);
    const name = NAMES[contender] ?? contender;
    return (
      `<text x="${PANEL.labels - 8}" y="${y + 11}" text-anchor="end"${isOurs ? ' class="name-ours"' : ""}>${name}</text>` +
      `<rect class="bar${isOurs ? " ours" : ""}" x="${PANEL.labels}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>` +
      `<text class="small" x="${(PANEL.labels + length + 6).toFixed(1)}" y="${y + 11}">${ns < 10 ? ns.toFixed(1) : ns.toFixed(0)}</text>`
    );
  });
  return `<text class="title" x="0" y="16">${title}</text>\n${rows.join("\n")}`;
}
