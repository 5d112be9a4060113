// Upright rectangles in CSS pixels: the places on the stage that nothing else may cover.

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{x: number, y: number, w: number, h: number}} Box from its left upper corner */

/** @param {Box} a @param {Box} b @param {number} [apart] px that must be between them @returns {boolean} */
export const meet = (a, b, apart = 0) =>
  a.x < b.x + b.w + apart && b.x < a.x + a.w + apart && a.y < b.y + b.h + apart && b.y < a.y + a.h + apart;

/** @param {Box} box @param {Point} p @param {number} [around] px that belong to the box as well @returns {boolean} */
export const holds = (box, { x, y }, around = 0) =>
  x > box.x - around && x < box.x + box.w + around && y > box.y - around && y < box.y + box.h + around;

/** @param {Point} middle @param {number} w @param {number} h @returns {Box} */
export const boxAround = ({ x, y }, w, h) => ({ x: x - w / 2, y: y - h / 2, w, h });
