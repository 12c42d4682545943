import { agrees } from './properties.ts';

agrees('overview');
