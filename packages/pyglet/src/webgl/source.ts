/** Images of the web, or what looks like them: `ImageData`, our `Image` and canvas, and canvases of other packages. */

export interface Rgba {
  width: number;
  height: number;
  /** Red, green, blue and alpha, the first row on top; colours are not multiplied by alpha. */
  data: Uint8Array | Uint8ClampedArray;
}

interface Source {
  width: number;
  height: number;
  naturalWidth?: number;
  naturalHeight?: number;
  data?: unknown;
  pixels?: () => Rgba | null;
  getContext?: (kind: "2d") => { getImageData(x: number, y: number, w: number, h: number): Rgba } | null;
}

/** Whether an object is an image of one of these kinds. */
export function isImage(value: unknown): value is object {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  const { width, height, data, pixels, getContext } = value as Source;
  if (typeof width !== "number" || typeof height !== "number") return false;
  return isBytes(data) || typeof pixels === "function" || typeof getContext === "function";
}

export function sizeOf(image: object): [width: number, height: number] {
  const { naturalWidth, naturalHeight, width, height } = image as Source;
  return [(naturalWidth ?? width) | 0, (naturalHeight ?? height) | 0];
}

/** The pixels of an image; null if it has none yet. */
export function rgbaOf(image: object): Rgba | null {
  const source = image as Source;
  if (typeof source.pixels === "function") return source.pixels();
  const [width, height] = sizeOf(source);
  if (width === 0 || height === 0) return null;
  const found = isBytes(source.data) ? (source as Rgba) : source.getContext?.("2d")?.getImageData(0, 0, width, height);
  return found && found.data.length >= width * height * 4 ? { width, height, data: found.data } : null;
}

function isBytes(data: unknown): data is Uint8Array | Uint8ClampedArray {
  return data instanceof Uint8Array || data instanceof Uint8ClampedArray;
}
