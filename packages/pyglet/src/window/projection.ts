/** Projections: how the coordinates that are drawn become places in the window. */
import { gl } from "../gl/gl.ts";

/** What `on_resize` of a window calls. */
export interface Projection {
  set(windowWidth: number, windowHeight: number, viewportWidth: number, viewportHeight: number): void;
}

/** Coordinates are pixels, from the lower left corner. */
export class Projection2D implements Projection {
  set(windowWidth: number, windowHeight: number, viewportWidth: number, viewportHeight: number): void {
    gl.glViewport(0, 0, Math.max(1, viewportWidth), Math.max(1, viewportHeight));
    gl.glMatrixMode(gl.GL_PROJECTION);
    gl.glLoadIdentity();
    gl.glOrtho(0, Math.max(1, windowWidth), 0, Math.max(1, windowHeight), -1, 1);
    gl.glMatrixMode(gl.GL_MODELVIEW);
  }
}

/** Perspective: what is far is small. */
export class Projection3D implements Projection {
  /** The angle that is seen from the lower to the upper edge, in degrees. */
  readonly fov: number;
  readonly znear: number;
  readonly zfar: number;

  constructor(fov = 60, znear = 0.1, zfar = 255) {
    [this.fov, this.znear, this.zfar] = [fov, znear, zfar];
  }

  set(windowWidth: number, windowHeight: number, viewportWidth: number, viewportHeight: number): void {
    gl.glViewport(0, 0, Math.max(1, viewportWidth), Math.max(1, viewportHeight));
    gl.glMatrixMode(gl.GL_PROJECTION);
    gl.glLoadIdentity();
    const top = Math.tan((this.fov / 360) * Math.PI) * this.znear;
    const right = (top * Math.max(1, windowWidth)) / Math.max(1, windowHeight);
    gl.glFrustum(-right, right, -top, top, this.znear, this.zfar);
    gl.glMatrixMode(gl.GL_MODELVIEW);
  }
}
