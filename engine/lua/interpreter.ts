/** Runs Lua scripts. */
import type { LuaScript, LuaSettings } from '../lua.js';
import { LuaState } from './state.js';
import { VirtualMachine } from './virtual-machine.js';

/** The scripts of one thread; the interpreter is loaded with the first of them. */
export class Lua {
  private machine: VirtualMachine | undefined;

  /**
   * Runs a script's main part.
   * @param text latin1 @param name for messages @throws LuaError
   */
  open(text: string, name: string, settings: LuaSettings): LuaScript {
    this.machine ??= new VirtualMachine();
    return LuaState.open(this.machine, text, name, settings);
  }
}
