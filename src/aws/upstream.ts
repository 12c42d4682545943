import { Problem } from '../problems.ts';

/** For `catch`: rethrows whatever an AWS call failed with as `upstream_failed` with this sentence; a Problem stays as it is. */
export const upstream =
  (sentence: string) =>
  (cause: unknown): never => {
    throw cause instanceof Problem ? cause : new Problem('upstream_failed', sentence, { cause });
  };

/** The name of an error of the SDK, such as `ThrottlingException`. */
export const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : typeof thrown);

/** Waits so many milliseconds; rejects when the signal aborts. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;
