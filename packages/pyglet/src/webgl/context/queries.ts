/** Queries, fences and samplers. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { integer, need, object, objectOrNull } from "../errors.ts";
import { WebGLQuery, WebGLSampler, WebGLSync } from "../objects.ts";
import { floats, ints, uints } from "../scratch.ts";
import { VectorsContext } from "./vectors.ts";

const { libGLESv2: gl } = GL;

/** How long a program may wait for a fence in one call, in nanoseconds. */
export const MAX_CLIENT_WAIT = 1e9;

/** Targets of queries that are active by themselves: only one of the first two is at a time. */
type Query = "samples" | "primitives" | "time";

export abstract class QueriesContext extends VectorsContext {
  protected readonly queries: Record<Query, WebGLQuery | null> = { samples: null, primitives: null, time: null };
  /** TIME_ELAPSED_EXT, if the program has asked for EXT_disjoint_timer_query_webgl2. */
  protected timeElapsed = 0;
  protected samplers: (WebGLSampler | null)[] = [];
  /** Reads a result of 64 bits, of a query of time. */
  protected readTime: ((query: number, name: number) => number) | null = null;
  /** What becomes readable when the event loop has gone round. */
  private ended: { isReadable: boolean }[] = [];

  protected override reset(): void {
    super.reset();
    this.queries.samples = this.queries.primitives = this.queries.time = null;
    this.timeElapsed = 0;
    this.samplers = new Array<WebGLSampler | null>(this.maxTextureUnits).fill(null);
  }

  /** WebGL 2.0, 3.7.12: a result comes only when the program has let the event loop go on. */
  protected readableLater(one: { isReadable: boolean }): void {
    one.isReadable = false;
    if (this.ended.push(one) > 1) return;
    setImmediate(() => {
      for (const ended of this.ended) ended.isReadable = true;
      this.ended = [];
    });
  }

  // -- Queries -----------------------------------------------------------------------------------

  createQuery(): WebGLQuery {
    if (!this.enter()) return new WebGLQuery(this.share, 0);
    gl.glGenQueries(1, uints);
    return new WebGLQuery(this.share, uints[0]!);
  }

  deleteQuery(query: WebGLQuery | null): void {
    need(arguments.length, 1, "deleteQuery");
    const one = objectOrNull(query, WebGLQuery, "deleteQuery", 1);
    if (one === null || !this.enter() || one.isDeleted || !this.owns(one, "deleteQuery")) return;
    if (one.isActive) {
      gl.glEndQuery(one.target);
      this.queries[this.queryOf(one.target)!] = null;
    }
    one.forget("query");
  }

  isQuery(query: WebGLQuery | null): boolean {
    need(arguments.length, 1, "isQuery");
    const one = objectOrNull(query, WebGLQuery, "isQuery", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted && one.target !== 0;
  }

  private queryOf(target: number): Query | null {
    if (target === GL.GL_ANY_SAMPLES_PASSED || target === GL.GL_ANY_SAMPLES_PASSED_CONSERVATIVE) return "samples";
    if (target === GL.GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN) return "primitives";
    return target !== 0 && target === this.timeElapsed ? "time" : null;
  }

  beginQuery(target: number, query: WebGLQuery): void {
    need(arguments.length, 2, "beginQuery");
    target >>>= 0;
    const one = object(query, WebGLQuery, "beginQuery", 2);
    if (!this.enter() || !this.owns(one, "beginQuery")) return;
    const place = this.queryOf(target);
    if (place === null) return this.invalidEnum("beginQuery", "no target of queries");
    if (this.queries[place] !== null) return this.invalidOperation("beginQuery", "such a query is active");
    if (one.isActive) return this.invalidOperation("beginQuery", "the query is active");
    if (one.target !== 0 && one.target !== target)
      return this.invalidOperation("beginQuery", "the query was used with another target");
    one.target = target;
    one.isActive = true;
    one.isReadable = false;
    this.queries[place] = one;
    gl.glBeginQuery(target, one.id);
  }

  endQuery(target: number): void {
    need(arguments.length, 1, "endQuery");
    target >>>= 0;
    if (!this.enter()) return;
    const place = this.queryOf(target);
    if (place === null) return this.invalidEnum("endQuery", "no target of queries");
    const one = this.queries[place];
    if (one === null || one.target !== target) return this.invalidOperation("endQuery", "no such query is active");
    this.queries[place] = null;
    one.isActive = false;
    this.readableLater(one);
    gl.glEndQuery(target);
  }

  getQuery(target: number, pname: number): WebGLQuery | number | null {
    need(arguments.length, 2, "getQuery");
    const [what, name] = [target >>> 0, pname >>> 0];
    if (!this.enter()) return null;
    if (this.timeElapsed !== 0 && name === QUERY_COUNTER_BITS_EXT) return this.counterBits(what);
    const place = this.queryOf(what);
    if (place === null || name !== GL.GL_CURRENT_QUERY) {
      this.invalidEnum("getQuery", "no target of queries, or no parameter");
      return null;
    }
    const one = this.queries[place];
    return one !== null && one.target === what ? one : null;
  }

  private counterBits(target: number): number {
    gl.glGetQueryiv(target, QUERY_COUNTER_BITS_EXT, ints);
    return ints[0]!;
  }

  getQueryParameter(query: WebGLQuery, pname: number): number | boolean | null {
    need(arguments.length, 2, "getQueryParameter");
    const one = object(query, WebGLQuery, "getQueryParameter", 1);
    const name = pname >>> 0;
    if (!this.enter() || !this.owns(one, "getQueryParameter")) return null;
    if (name !== GL.GL_QUERY_RESULT && name !== GL.GL_QUERY_RESULT_AVAILABLE) {
      this.invalidEnum("getQueryParameter", "no parameter of queries");
      return null;
    }
    if (one.isActive || one.target === 0) {
      this.invalidOperation("getQueryParameter", one.isActive ? "the query is active" : "the query never began");
      return null;
    }
    if (name === GL.GL_QUERY_RESULT_AVAILABLE && !one.isReadable) return false;
    if (!one.isReadable) return this.queryOf(one.target) === "samples" ? false : 0;
    const isTime = one.target === TIME_ELAPSED_EXT || one.target === TIMESTAMP_EXT;
    if (isTime && name === GL.GL_QUERY_RESULT) return this.readTime?.(one.id, name) ?? 0;
    gl.glGetQueryObjectuiv(one.id, name, uints);
    const isBoolean = name === GL.GL_QUERY_RESULT_AVAILABLE || this.queryOf(one.target) === "samples";
    return isBoolean ? uints[0] !== 0 : uints[0]!;
  }

  // -- Fences ------------------------------------------------------------------------------------

  fenceSync(condition: number, flags: number): WebGLSync | null {
    need(arguments.length, 2, "fenceSync");
    const [what, how] = [condition >>> 0, flags >>> 0];
    if (!this.enter()) return null;
    if (what !== GL.GL_SYNC_GPU_COMMANDS_COMPLETE) this.invalidEnum("fenceSync", "no condition of a fence");
    else if (how !== 0) this.invalidValue("fenceSync", "there are no flags");
    else {
      const pointer = gl.glFenceSync(what, how);
      if (pointer === null) return null;
      const sync = new WebGLSync(this.share, pointer);
      this.readableLater(sync);
      return sync;
    }
    return null;
  }

  isSync(sync: WebGLSync | null): boolean {
    need(arguments.length, 1, "isSync");
    const one = objectOrNull(sync, WebGLSync, "isSync", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted;
  }

  deleteSync(sync: WebGLSync | null): void {
    need(arguments.length, 1, "deleteSync");
    const one = objectOrNull(sync, WebGLSync, "deleteSync", 1);
    if (one === null || !this.enter() || one.isDeleted || !this.owns(one, "deleteSync")) return;
    one.isDeleted = true;
    gl.glDeleteSync(one.pointer);
  }

  clientWaitSync(sync: WebGLSync, flags: number, timeout: number): number {
    need(arguments.length, 3, "clientWaitSync");
    const one = object(sync, WebGLSync, "clientWaitSync", 1);
    const [how, nanoseconds] = [flags >>> 0, integer(timeout)];
    if (!this.enter() || !this.owns(one, "clientWaitSync")) return GL.GL_WAIT_FAILED;
    if ((how & ~GL.GL_SYNC_FLUSH_COMMANDS_BIT) !== 0) {
      this.invalidValue("clientWaitSync", "no such flag");
      return GL.GL_WAIT_FAILED;
    }
    if (nanoseconds < 0 || nanoseconds > MAX_CLIENT_WAIT) {
      this.invalidOperation("clientWaitSync", "the timeout is longer than MAX_CLIENT_WAIT_TIMEOUT_WEBGL");
      return GL.GL_WAIT_FAILED;
    }
    return gl.glClientWaitSync(one.pointer, how, nanoseconds);
  }

  waitSync(sync: WebGLSync, flags: number, timeout: number): void {
    need(arguments.length, 3, "waitSync");
    const one = object(sync, WebGLSync, "waitSync", 1);
    const [how, nanoseconds] = [flags >>> 0, integer(timeout)];
    if (!this.enter() || !this.owns(one, "waitSync")) return;
    if (how !== 0) return this.invalidValue("waitSync", "there are no flags");
    if (nanoseconds !== -1) return this.invalidValue("waitSync", "the timeout is not TIMEOUT_IGNORED");
    gl.glWaitSync(one.pointer, 0, GL.GL_TIMEOUT_IGNORED);
  }

  getSyncParameter(sync: WebGLSync, pname: number): number | null {
    need(arguments.length, 2, "getSyncParameter");
    const one = object(sync, WebGLSync, "getSyncParameter", 1);
    const name = pname >>> 0;
    if (!this.enter() || !this.owns(one, "getSyncParameter")) return null;
    if (name < GL.GL_OBJECT_TYPE || name > GL.GL_SYNC_FLAGS) {
      this.invalidEnum("getSyncParameter", "no parameter of fences");
      return null;
    }
    if (name === GL.GL_SYNC_STATUS && !one.isReadable) return GL.GL_UNSIGNALED;
    gl.glGetSynciv(one.pointer, name, 1, null, ints);
    return ints[0]!;
  }

  // -- Samplers ----------------------------------------------------------------------------------

  createSampler(): WebGLSampler {
    if (!this.enter()) return new WebGLSampler(this.share, 0);
    gl.glGenSamplers(1, uints);
    return new WebGLSampler(this.share, uints[0]!);
  }

  deleteSampler(sampler: WebGLSampler | null): void {
    need(arguments.length, 1, "deleteSampler");
    const one = objectOrNull(sampler, WebGLSampler, "deleteSampler", 1);
    if (one === null || !this.enter() || one.isDeleted || !this.owns(one, "deleteSampler")) return;
    for (const [unit, bound] of this.samplers.entries()) if (bound === one) this.samplers[unit] = null;
    one.forget("sampler");
  }

  isSampler(sampler: WebGLSampler | null): boolean {
    need(arguments.length, 1, "isSampler");
    const one = objectOrNull(sampler, WebGLSampler, "isSampler", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted;
  }

  bindSampler(unit: number, sampler: WebGLSampler | null): void {
    need(arguments.length, 2, "bindSampler");
    unit >>>= 0;
    const one = objectOrNull(sampler, WebGLSampler, "bindSampler", 2);
    if (!this.enter() || (one !== null && !this.owns(one, "bindSampler"))) return;
    if (unit >= this.maxTextureUnits) return this.invalidValue("bindSampler", "there are not so many texture units");
    this.samplers[unit] = one;
    gl.glBindSampler(unit, one === null ? 0 : one.id);
  }

  samplerParameteri(sampler: WebGLSampler, pname: number, param: number): void {
    need(arguments.length, 3, "samplerParameteri");
    const [name, value] = [pname >>> 0, param | 0];
    const one = this.sampler(sampler, name, value, "samplerParameteri");
    if (one !== null) gl.glSamplerParameteri(one.id, name, value);
  }

  samplerParameterf(sampler: WebGLSampler, pname: number, param: number): void {
    need(arguments.length, 3, "samplerParameterf");
    const [name, value] = [pname >>> 0, +param];
    const one = this.sampler(sampler, name, value, "samplerParameterf");
    if (one !== null) gl.glSamplerParameterf(one.id, name, value);
  }

  /** Whether WebGL has such a parameter of sampling; notes the error if not. */
  protected abstract isSampling(name: number, value: number | null, method: string): boolean;

  private sampler(sampler: unknown, name: number, value: number | null, method: string): WebGLSampler | null {
    const one = object(sampler, WebGLSampler, method, 1);
    return this.enter() && this.owns(one, method) && this.isSampling(name, value, method) ? one : null;
  }

  getSamplerParameter(sampler: WebGLSampler, pname: number): number | null {
    need(arguments.length, 2, "getSamplerParameter");
    const name = pname >>> 0;
    const one = this.sampler(sampler, name, null, "getSamplerParameter");
    if (one === null) return null;
    const isFloat =
      name === GL.GL_TEXTURE_MIN_LOD || name === GL.GL_TEXTURE_MAX_LOD || name === TEXTURE_MAX_ANISOTROPY_EXT;
    if (isFloat) gl.glGetSamplerParameterfv(one.id, name, floats);
    else gl.glGetSamplerParameteriv(one.id, name, ints);
    return isFloat ? floats[0]! : ints[0]!;
  }
}

export const TIME_ELAPSED_EXT = 0x88bf;
export const TIMESTAMP_EXT = 0x8e28;
export const QUERY_COUNTER_BITS_EXT = 0x8864;
export const TEXTURE_MAX_ANISOTROPY_EXT = 0x84fe;
