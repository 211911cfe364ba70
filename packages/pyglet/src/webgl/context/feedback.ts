/** Transform feedback, and buffers that are bound by index. */
import * as GL from "../../native/gles/generated/gl3.ts";
import { integer, need, objectOrNull } from "../errors.ts";
import { type BufferRange, WebGLBuffer, type WebGLProgram, WebGLTransformFeedback } from "../objects.ts";
import { uints } from "../scratch.ts";
import { ReadingContext } from "./reading.ts";

const { libGLESv2: gl } = GL;

export abstract class FeedbackContext extends ReadingContext {
  /** The one that stands for null: GL's own. */
  protected defaultFeedback!: WebGLTransformFeedback;
  protected feedback!: WebGLTransformFeedback;
  /** All that are active: their buffers and programs are in use. */
  private readonly activeFeedbacks = new Set<WebGLTransformFeedback>();
  private maxFeedbackBuffers = 0;

  protected override reset(): void {
    super.reset();
    this.activeFeedbacks.clear();
    this.maxFeedbackBuffers = this.integerOf(GL.GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_ATTRIBS);
    this.defaultFeedback = this.withBuffers(new WebGLTransformFeedback(this.share, 0));
    this.feedback = this.defaultFeedback;
  }

  private withBuffers(feedback: WebGLTransformFeedback): WebGLTransformFeedback {
    for (let index = 0; index < this.maxFeedbackBuffers; index++)
      feedback.buffers.push({ buffer: null, offset: 0, size: 0 });
    return feedback;
  }

  protected override isFedBack(buffer: WebGLBuffer): boolean {
    if (!this.feedback.isActive) return false;
    for (const range of this.feedback.buffers) if (range.buffer === buffer) return true;
    return false;
  }

  protected override feedbackRuns(): boolean {
    return this.feedback.isActive && !this.feedback.isPaused;
  }

  protected override feedsBack(program: WebGLProgram): boolean {
    for (const feedback of this.activeFeedbacks) if (feedback.program === program) return true;
    return false;
  }

  protected override unbind(buffer: WebGLBuffer): void {
    super.unbind(buffer);
    for (const range of this.feedback.buffers) if (range.buffer === buffer) range.buffer = null;
  }

  createTransformFeedback(): WebGLTransformFeedback {
    if (!this.enter()) return new WebGLTransformFeedback(this.share, 0);
    gl.glGenTransformFeedbacks(1, uints);
    return this.withBuffers(new WebGLTransformFeedback(this.share, uints[0]!));
  }

  deleteTransformFeedback(tf: WebGLTransformFeedback | null): void {
    need(arguments.length, 1, "deleteTransformFeedback");
    const one = objectOrNull(tf, WebGLTransformFeedback, "deleteTransformFeedback", 1);
    if (one === null || !this.enter() || one.isDeleted || !this.owns(one, "deleteTransformFeedback")) return;
    if (one.isActive) return this.invalidOperation("deleteTransformFeedback", "the transform feedback is active");
    if (this.feedback === one) this.feedback = this.defaultFeedback;
    one.forget("transformFeedback");
  }

  isTransformFeedback(tf: WebGLTransformFeedback | null): boolean {
    need(arguments.length, 1, "isTransformFeedback");
    const one = objectOrNull(tf, WebGLTransformFeedback, "isTransformFeedback", 1);
    return one !== null && this.enter() && one.share === this.share && !one.isDeleted && one.wasBound;
  }

  bindTransformFeedback(target: number, tf: WebGLTransformFeedback | null): void {
    need(arguments.length, 2, "bindTransformFeedback");
    target >>>= 0;
    const one = objectOrNull(tf, WebGLTransformFeedback, "bindTransformFeedback", 2);
    if (!this.enter() || (one !== null && !this.owns(one, "bindTransformFeedback"))) return;
    if (target !== GL.GL_TRANSFORM_FEEDBACK) return this.invalidEnum("bindTransformFeedback", "no target of feedbacks");
    if (this.feedbackRuns()) return this.invalidOperation("bindTransformFeedback", "a transform feedback is active");
    if (one !== null) one.wasBound = true;
    this.feedback = one ?? this.defaultFeedback;
    gl.glBindTransformFeedback(target, this.feedback.id);
  }

  beginTransformFeedback(primitiveMode: number): void {
    need(arguments.length, 1, "beginTransformFeedback");
    primitiveMode >>>= 0;
    if (!this.enter()) return;
    const { feedback, program } = this;
    if (feedback.isActive) return this.invalidOperation("beginTransformFeedback", "it is active");
    if (program === null) return this.invalidOperation("beginTransformFeedback", "no program is in use");
    const buffers = feedback.buffers.map(({ buffer }) => buffer).filter((buffer) => buffer !== null);
    if (new Set(buffers).size < buffers.length)
      return this.invalidOperation("beginTransformFeedback", "a buffer is bound twice");
    this.keepErrors();
    gl.glBeginTransformFeedback(primitiveMode);
    if (!this.succeeded("beginTransformFeedback")) return;
    feedback.isActive = true;
    feedback.isPaused = false;
    feedback.program = program;
    program.uses++;
    this.activeFeedbacks.add(feedback);
  }

  endTransformFeedback(): void {
    if (!this.enter()) return;
    const { feedback } = this;
    if (!feedback.isActive) return this.invalidOperation("endTransformFeedback", "no transform feedback is active");
    gl.glEndTransformFeedback();
    feedback.isActive = feedback.isPaused = false;
    feedback.program?.release();
    feedback.program = null;
    this.activeFeedbacks.delete(feedback);
    for (const { buffer } of feedback.buffers) if (buffer !== null) buffer.version++;
  }

  pauseTransformFeedback(): void {
    if (!this.enter()) return;
    if (!this.feedbackRuns()) return this.invalidOperation("pauseTransformFeedback", "no transform feedback runs");
    this.feedback.isPaused = true;
    gl.glPauseTransformFeedback();
  }

  resumeTransformFeedback(): void {
    if (!this.enter()) return;
    const { feedback } = this;
    if (!feedback.isPaused) return this.invalidOperation("resumeTransformFeedback", "no transform feedback is paused");
    if (feedback.program !== this.program)
      return this.invalidOperation("resumeTransformFeedback", "another program is in use");
    feedback.isPaused = false;
    gl.glResumeTransformFeedback();
  }

  // -- Buffers by index --------------------------------------------------------------------------

  bindBufferBase(target: number, index: number, buffer: WebGLBuffer | null): void {
    need(arguments.length, 3, "bindBufferBase");
    this.bindIndexed("bindBufferBase", target >>> 0, index >>> 0, buffer, 0, 0);
  }

  bindBufferRange(target: number, index: number, buffer: WebGLBuffer | null, offset: number, size: number): void {
    need(arguments.length, 5, "bindBufferRange");
    const [from, length] = [integer(offset), integer(size)];
    const isRange = objectOrNull(buffer, WebGLBuffer, "bindBufferRange", 3) !== null;
    if (isRange && this.enter() && (from < 0 || length <= 0))
      return this.invalidValue("bindBufferRange", "the range is empty or begins before the buffer");
    this.bindIndexed("bindBufferRange", target >>> 0, index >>> 0, buffer, from, length);
  }

  private bindIndexed(
    method: string,
    target: number,
    index: number,
    buffer: WebGLBuffer | null,
    offset: number,
    size: number,
  ): void {
    const one = objectOrNull(buffer, WebGLBuffer, method, 3);
    if (!this.enter()) return;
    const ranges = this.rangesOf(target);
    if (ranges === null) return this.invalidEnum(method, "no target with bindings by index");
    const range = ranges[index];
    if (range === undefined) return this.invalidValue(method, "there are not so many bindings");
    if (one !== null && (!this.owns(one, method) || !this.mayBind(one, target, method))) return;
    if (target === GL.GL_TRANSFORM_FEEDBACK_BUFFER && this.feedback.isActive)
      return this.invalidOperation(method, "the transform feedback is active");
    this.keepErrors();
    if (one === null) gl.glBindBufferBase(target, index, 0);
    else if (size === 0) gl.glBindBufferBase(target, index, one.id);
    else gl.glBindBufferRange(target, index, one.id, offset, size);
    if (!this.succeeded(method)) return;
    if (one !== null) one.wasBound = true;
    Object.assign(range, { buffer: one, offset, size });
    if (target === GL.GL_UNIFORM_BUFFER) this.bound.uniform = one;
    else this.bound.feedback = one;
  }

  protected rangesOf(target: number): BufferRange[] | null {
    if (target === GL.GL_UNIFORM_BUFFER) return this.uniformBuffers;
    return target === GL.GL_TRANSFORM_FEEDBACK_BUFFER ? this.feedback.buffers : null;
  }
}
