// SPDX-License-Identifier: Apache-2.0
// The types of fleetwire.js. docs/protocol.md says what travels.

/** One device. Fields stand here as asked for; what a device never said is not there. */
export interface Row {
  fleet: string;
  device_id: string;
  lat?: number;
  lon?: number;
  speed_kmh?: number;
  heading_deg?: number;
  temp_c?: number;
  /** The relay's time of the last event: its age is `client.now() - last_seen_ms`. */
  last_seen_ms?: number;
  ts_ms?: number;
  status?: 'moving' | 'idle' | 'stopped' | 'unknown' | 'offline';
  severity?: 'warning' | 'critical' | 'none';
  reasons?: { reason: string; since_ms: number }[];
  clock_bad?: boolean;
  [field: string]: unknown;
}

export interface Left {
  fleet: string;
  device_id: string;
  why: 'unmatched' | 'out_of_view' | 'deleted' | 'expired';
}

export interface FleetQuery {
  /** The query language: `speed_kmh > 90 and not fleet = north`. */
  where?: string;
  /** [lon_min, lat_min, lon_max, lat_max]; lon_min > lon_max crosses the date line. */
  bbox?: [number, number, number, number];
  /** With `first`: a field's name, `-` before it for descending. */
  order?: string;
  /** Makes it a window: only the first rows of the order travel, and `totals` over all that match. */
  first?: number;
  totals?: string[];
  fields?: string[];
  /** 500 unless told; 100..60000. */
  intervalMs?: number;
}

export interface Window {
  rows: Row[];
  nMatch: number;
  totals: Record<string, any>;
}

export interface WireError {
  code: string;
  message: string;
  at?: string | number;
}

export interface Change {
  kind: 'snapshot' | 'patch' | 'window' | 'reset' | 'gap' | 'lane' | 'error';
  changed: Row[];
  left: Left[];
  /** reset: rows stay until the snapshot that follows. */
  why?: string;
  ranges?: unknown;
  lane?: string;
  error?: WireError;
}

export interface FleetSubscription {
  /** All matching devices by `fleet/device_id`; empty for a window. */
  readonly rows: Map<string, Row>;
  readonly window: Window | null;
  /** Why the last question was refused; null when it was accepted. What was subscribed before goes on. */
  readonly error: WireError | null;
  readonly query: FleetQuery;
  update(query: FleetQuery): void;
  close(): void;
}

export interface LogRecord {
  p: number;
  o: number;
  t_ms: number;
  key?: string | null;
  headers?: Record<string, string>;
  value?: string | null;
  value_b64?: string;
}

export interface LogSubscription {
  close(): void;
}

export interface ClientState {
  name: 'connecting' | 'live' | 'offline';
  /** By this machine's clock, as `retry_at_ms` is. */
  since_ms: number;
  retry_at_ms: number | null;
  attempt: number;
  why: string;
}

export interface ClientEvents {
  state(state: ClientState): void;
  time(message: { now_ms: number; rev: number; resume?: string }): void;
  warming(partitions: unknown): void;
  /** Of no subscription of ours. */
  error(error: WireError): void;
}

export interface Client {
  readonly state: ClientState;
  readonly limits: Record<string, any>;
  on<T extends keyof ClientEvents>(type: T, listener: ClientEvents[T]): () => void;
  fleet(query: FleetQuery, onChange: (sub: FleetSubscription, change: Change) => void): FleetSubscription;
  log(topic: string, onRecord: (record: LogRecord) => void): LogSubscription;
  update(sub: FleetSubscription, query: FleetQuery): void;
  now(): number;
  clockOffsetMs(): number;
  retry(): void;
  close(): void;
}

/** What the module needs of its surroundings; tests give their own. */
export interface Env {
  WebSocket: any;
  now(): number;
  random(): number;
  setTimeout(fn: () => void, ms: number): any;
  clearTimeout(id: any): void;
}

export interface ConnectOptions {
  /** Asked before each connection; what it returns is sent in the first message. */
  getToken?: () => string | Promise<string>;
  env?: Partial<Env>;
}

export function connect(url: string, options?: ConnectOptions): Client;
export function backoffMs(attempt: number, random?: () => number): number;
export function rowKey(row: { fleet: string; device_id: string }): string;
