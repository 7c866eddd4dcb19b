// SPDX-License-Identifier: Apache-2.0
// As much of Leaflet as the page uses.
export class Layer {
  addTo(map: any): this;
}
export function map(container: HTMLElement, options: object): any;
export function latLngBounds(...corners: any[]): any;
