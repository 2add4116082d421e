import type { EngineErrorCode } from './engine-error.ts';

/** One HTTP request to an engine. */
export interface EngineCall {
  /** The configured engine name. */
  readonly engine: string;
  readonly method: 'GET' | 'HEAD';
  /** The path without its version, and with {name} or {id} for what it names: /images/{name}/json. */
  readonly endpoint: string;
  /** 1, or 2 for a call that is made once more. */
  readonly attempt: number;
}

/** How a call ended. */
export interface EngineCallOutcome {
  /** Of HTTP; null when no head arrived. */
  readonly status: number | null;
  /** Null when the call succeeded; ABANDONED when nobody wants its answer any more. */
  readonly code: EngineErrorCode | 'ABANDONED' | null;
}

/** Watches what is asked of engines, for metrics and traces. It must neither wait nor throw. */
export interface EngineObserver {
  /**
   * A request is being sent, in the asynchronous context of whoever asked.
   * @returns called once, when its answer was read, or failed, or is not wanted any more
   */
  callStarted(call: EngineCall): (outcome: EngineCallOutcome) => void;
}

/** Watches nothing. */
export const NO_OBSERVER: EngineObserver = { callStarted: () => () => {} };
