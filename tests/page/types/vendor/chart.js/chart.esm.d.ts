// SPDX-License-Identifier: Apache-2.0
// As much of Chart.js as the page uses.
export class Chart {
  constructor(canvas: HTMLCanvasElement, config: object);
  static register(...parts: unknown[]): void;
  data: any;
  options: any;
  update(mode?: string): void;
  destroy(): void;
}
export const Filler: unknown;
export const LinearScale: unknown;
export const LineController: unknown;
export const LineElement: unknown;
export const PointElement: unknown;
export const Tooltip: unknown;
