#!/usr/bin/env node
import { run } from '../src/cli/run.ts';
import { exits } from '../src/cli/stop.ts';
import { processTerminal } from '../src/cli/terminal.ts';

const exit = await run(process.argv.slice(2), processTerminal());
process.exitCode = exit;
// A pipe that is silent would keep an interrupted process alive.
if (exit === exits.interrupted) process.exit();
