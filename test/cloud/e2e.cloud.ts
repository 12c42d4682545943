import { describe } from 'vitest';
import { endToEnd } from '../e2e/suite.ts';
import { place } from './place.ts';

describe('the product in an emulated cloud, rights enforced', () => endToEnd(place));
