import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { median, quantile, shown } from './figures.ts';

/** Times one fixed piece of arithmetic (some 10 ms), ms: what this machine can do right now. */
const calibrate = (): number => {
  const began = performance.now();
  let sum = 0;
  for (let i = 1; i < 4_000_000; i++) sum = (sum + Math.imul(i, i ^ sum)) | 0;
  return performance.now() - began + (sum === 0.5 ? 1 : 0);
};

/** The machine’s noise over a part of the bench: call `sample` between measurements, `sentence` at the end. */
export const noise = (): { readonly sample: () => void; readonly sentence: () => string } => {
  const times: number[] = [];
  calibrate();
  return {
    sample: () => void times.push(calibrate()),
    sentence: () =>
      `Machine: ${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, ${shown(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}. Noise: a fixed loop between the measurements took ${shown(median(times))} ms in the median, ${shown(quantile(times, 0.1))} to ${shown(quantile(times, 0.9))} from the 10th to the 90th percentile of ${times.length}; load at the end ${(loadavg()[0] ?? 0).toFixed(1)}.`,
  };
};

/** Resident memory of a process in MB (Linux); NaN where that cannot be seen. */
export const residentMb = (pid: number): number =>
  Number(status(pid).match(/^VmRSS:\s+(\d+) kB/m)?.[1] ?? Number.NaN) / 1024;

const status = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
};

/** Processor seconds a process has used since it began (Linux); NaN where that cannot be seen. */
export const cpuSeconds = (pid: number): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
};
