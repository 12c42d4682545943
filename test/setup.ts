import * as fc from 'fast-check';

// The same worlds and messages on every machine, so that a red run means a change; MILLIMETRIC_SEED draws others.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.MILLIMETRIC_SEED ?? 20_261_121) });
