#!/usr/bin/env node
import { run } from '../src/cli/run.ts';
import { processTerminal } from '../src/cli/terminal.ts';

process.exitCode = await run(process.argv.slice(2), processTerminal());
