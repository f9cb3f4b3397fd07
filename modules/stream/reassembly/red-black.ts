/**
 * Balancing of red-black trees (Guibas and Sedgewick 1978; Cormen et al., Introduction to Algorithms, ch. 13) whose
 * nodes are rows of a typed array. Node 0 is the sentinel for an absent node and is always black.
 */
import { COLOR, INTS, LEFT, PARENT, RIGHT } from './chunk.js';

/** @param rows array in which the root is kept, at index `root` */
export function rebalanceAfterInsert(nodes: Int32Array, rows: Int32Array, root: number, node: number): void {
  for (;;) {
    const parent = nodes[node * INTS + PARENT]!;
    if (parent === 0) {
      nodes[node * INTS + COLOR] = 0;
      return;
    }
    if (nodes[parent * INTS + COLOR] === 0) return;
    const grand = nodes[parent * INTS + PARENT]!;
    const side = nodes[grand * INTS + LEFT] === parent ? LEFT : RIGHT;
    const other = side === LEFT ? RIGHT : LEFT;
    const uncle = nodes[grand * INTS + other]!;
    if (nodes[uncle * INTS + COLOR] === 1) {
      nodes[uncle * INTS + COLOR] = 0;
      nodes[parent * INTS + COLOR] = 0;
      nodes[grand * INTS + COLOR] = 1;
      node = grand;
      continue;
    }
    let top = parent;
    if (nodes[parent * INTS + other] === node) {
      rotate(nodes, rows, root, parent, side);
      top = node;
    }
    nodes[top * INTS + COLOR] = 0;
    nodes[grand * INTS + COLOR] = 1;
    rotate(nodes, rows, root, grand, other);
    return;
  }
}

/** Removes a node from the tree. */
export function removeFromTree(nodes: Int32Array, rows: Int32Array, root: number, node: number): void {
  const n = node * INTS;
  const left = nodes[n + LEFT]!;
  const right = nodes[n + RIGHT]!;
  let removedColor = nodes[n + COLOR]!;
  let child: number;
  let parent: number;
  if (left === 0 || right === 0) {
    child = left === 0 ? right : left;
    parent = nodes[n + PARENT]!;
    replaceChild(nodes, rows, root, node, child);
  } else {
    let successor = right;
    while (nodes[successor * INTS + LEFT] !== 0) successor = nodes[successor * INTS + LEFT]!;
    const s = successor * INTS;
    removedColor = nodes[s + COLOR]!;
    child = nodes[s + RIGHT]!;
    parent = nodes[s + PARENT]!;
    if (parent === node) {
      parent = successor;
    } else {
      replaceChild(nodes, rows, root, successor, child);
      nodes[s + RIGHT] = right;
      nodes[right * INTS + PARENT] = successor;
    }
    replaceChild(nodes, rows, root, node, successor);
    nodes[s + LEFT] = left;
    nodes[left * INTS + PARENT] = successor;
    nodes[s + COLOR] = nodes[n + COLOR]!;
  }
  if (removedColor === 0) rebalanceAfterRemove(nodes, rows, root, child, parent);
}

/** `child` (possibly 0) below `parent` lacks one black node. */
function rebalanceAfterRemove(
  nodes: Int32Array,
  rows: Int32Array,
  root: number,
  child: number,
  parent: number,
): void {
  while (parent !== 0 && nodes[child * INTS + COLOR] === 0) {
    const side = nodes[parent * INTS + LEFT] === child ? LEFT : RIGHT;
    const other = side === LEFT ? RIGHT : LEFT;
    let sibling = nodes[parent * INTS + other]!;
    if (nodes[sibling * INTS + COLOR] === 1) {
      nodes[sibling * INTS + COLOR] = 0;
      nodes[parent * INTS + COLOR] = 1;
      rotate(nodes, rows, root, parent, side);
      sibling = nodes[parent * INTS + other]!;
    }
    const near = nodes[sibling * INTS + side]!;
    let far = nodes[sibling * INTS + other]!;
    if (nodes[near * INTS + COLOR] === 0 && nodes[far * INTS + COLOR] === 0) {
      nodes[sibling * INTS + COLOR] = 1;
      child = parent;
      parent = nodes[child * INTS + PARENT]!;
      continue;
    }
    if (nodes[far * INTS + COLOR] === 0) {
      nodes[near * INTS + COLOR] = 0;
      nodes[sibling * INTS + COLOR] = 1;
      rotate(nodes, rows, root, sibling, other);
      sibling = near;
      far = nodes[sibling * INTS + other]!;
    }
    nodes[sibling * INTS + COLOR] = nodes[parent * INTS + COLOR]!;
    nodes[parent * INTS + COLOR] = 0;
    nodes[far * INTS + COLOR] = 0;
    rotate(nodes, rows, root, parent, side);
    return;
  }
  if (child !== 0) nodes[child * INTS + COLOR] = 0;
}

/** Moves `node` down to the given side, and its child of the other side up. */
function rotate(nodes: Int32Array, rows: Int32Array, root: number, node: number, side: number): void {
  const other = side === LEFT ? RIGHT : LEFT;
  const up = nodes[node * INTS + other]!;
  const middle = nodes[up * INTS + side]!;
  nodes[node * INTS + other] = middle;
  if (middle !== 0) nodes[middle * INTS + PARENT] = node;
  replaceChild(nodes, rows, root, node, up);
  nodes[up * INTS + side] = node;
  nodes[node * INTS + PARENT] = up;
}

/** Attaches `child` (possibly 0) in the place of `node`. */
function replaceChild(nodes: Int32Array, rows: Int32Array, root: number, node: number, child: number): void {
  const parent = nodes[node * INTS + PARENT]!;
  if (parent === 0) rows[root] = child;
  else if (nodes[parent * INTS + LEFT] === node) nodes[parent * INTS + LEFT] = child;
  else nodes[parent * INTS + RIGHT] = child;
  if (child !== 0) nodes[child * INTS + PARENT] = parent;
}
