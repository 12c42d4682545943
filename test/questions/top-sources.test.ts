import { agrees } from './properties.ts';

agrees('top_sources');
