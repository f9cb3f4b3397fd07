/**
 * Chunks of streams, ordered by position: nodes of red-black trees in one typed array, linked so that the
 * neighbours of a node are directly accessible. Each direction of a stream has its own tree (ROOT, HEAD, TAIL of its
 * row).
 */

import { BLOCK, COLOR, END, INTS, LEFT, NEXT, PARENT, PREVIOUS, RIGHT, START } from './chunk.js';
import { HEAD, ROOT, TAIL } from './direction.js';
import { rebalanceAfterInsert, removeFromTree } from './red-black.js';
import type { StreamMemory } from './stream-memory.js';

export class ChunkTree {
  /**
   * `nodes[node * INTS + FIELD]`; node 0 means none. Replaced when it grows: do not keep a reference across `reserve`.
   */
  nodes: Int32Array;
  /** Nodes in use. */
  used = 0;
  private free = 0;
  private fresh = 1;

  /**
   * @param rows rows of the directions
   * @param memory nodes in use count towards its limit  @param prealloc initial number of nodes
   */
  constructor(
    readonly rows: Int32Array,
    private readonly memory: StreamMemory,
    prealloc: number,
  ) {
    this.nodes = new Int32Array((prealloc + 1) * INTS);
  }

  /** Ensures that `count` nodes can be added. @returns false when the limit does not allow it */
  reserve(count: number): boolean {
    if (this.memory.used + count * INTS * 4 > this.memory.limit) return false;
    const needed = this.used + count + 1;
    const capacity = this.nodes.length / INTS;
    if (needed <= capacity) return true;
    const larger = new Int32Array(Math.max(needed, capacity * 2) * INTS);
    larger.set(this.nodes);
    this.nodes = larger;
    return true;
  }

  /**
   * Adds a chunk after `previous` (0: before all others). Space must be reserved.
   * @param r row of the direction  @returns the node
   */
  insertAfter(r: number, previous: number, start: number, end: number, block: number): number {
    const { nodes, rows } = this;
    const node = this.allocateNode();
    const n = node * INTS;
    nodes[n + START] = start;
    nodes[n + END] = end;
    nodes[n + BLOCK] = block;
    const next = previous === 0 ? rows[r + HEAD]! : nodes[previous * INTS + NEXT]!;
    this.thread(r, previous, node, next);
    let parent = previous;
    if (previous !== 0 && nodes[previous * INTS + RIGHT] === 0) {
      nodes[previous * INTS + RIGHT] = node;
    } else if (next !== 0) {
      // The next node is the leftmost one in the right subtree of the previous: it has no left child.
      nodes[next * INTS + LEFT] = node;
      parent = next;
    } else {
      rows[r + ROOT] = node;
    }
    nodes[n + LEFT] = 0;
    nodes[n + RIGHT] = 0;
    nodes[n + PARENT] = parent;
    nodes[n + COLOR] = 1;
    rebalanceAfterInsert(nodes, rows, r + ROOT, node);
    return node;
  }

  /** Removes a chunk; its block is left to the caller. @returns the node after it */
  remove(r: number, node: number): number {
    const { nodes, rows } = this;
    const n = node * INTS;
    const next = nodes[n + NEXT]!;
    const previous = nodes[n + PREVIOUS]!;
    if (previous === 0) rows[r + HEAD] = next;
    else nodes[previous * INTS + NEXT] = next;
    if (next === 0) rows[r + TAIL] = previous;
    else nodes[next * INTS + PREVIOUS] = previous;
    removeFromTree(nodes, rows, r + ROOT, node);
    this.releaseNode(node);
    return next;
  }

  /** Removes all chunks at once, without rebalancing. */
  clear(r: number): void {
    const { nodes, rows } = this;
    for (let node = rows[r + HEAD]!; node !== 0; ) {
      const next = nodes[node * INTS + NEXT]!;
      this.releaseNode(node);
      node = next;
    }
    rows[r + ROOT] = 0;
    rows[r + HEAD] = 0;
    rows[r + TAIL] = 0;
  }

  /** First chunk that ends after `position`, 0 when there is none. For chunks that do not overlap. */
  firstEndingAfter(r: number, position: number): number {
    const { nodes, rows } = this;
    const tail = rows[r + TAIL]!;
    if (tail === 0 || ((nodes[tail * INTS + END]! - position) | 0) <= 0) return 0;
    const head = rows[r + HEAD]!;
    if (((nodes[head * INTS + END]! - position) | 0) > 0) return head;
    let found = 0;
    for (let node = rows[r + ROOT]!; node !== 0; ) {
      if (((nodes[node * INTS + END]! - position) | 0) > 0) {
        found = node;
        node = nodes[node * INTS + LEFT]!;
      } else {
        node = nodes[node * INTS + RIGHT]!;
      }
    }
    return found;
  }

  private thread(r: number, previous: number, node: number, next: number): void {
    const { nodes, rows } = this;
    nodes[node * INTS + PREVIOUS] = previous;
    nodes[node * INTS + NEXT] = next;
    if (previous === 0) rows[r + HEAD] = node;
    else nodes[previous * INTS + NEXT] = node;
    if (next === 0) rows[r + TAIL] = node;
    else nodes[next * INTS + PREVIOUS] = node;
  }

  private allocateNode(): number {
    this.used++;
    this.memory.charge(INTS * 4);
    const node = this.free;
    if (node === 0) return this.fresh++;
    this.free = this.nodes[node * INTS + NEXT]!;
    return node;
  }

  private releaseNode(node: number): void {
    this.used--;
    this.memory.charge(-INTS * 4);
    this.nodes[node * INTS + NEXT] = this.free;
    this.free = node;
  }
}
