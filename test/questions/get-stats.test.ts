import { agrees } from './properties.ts';

agrees('get_stats');
