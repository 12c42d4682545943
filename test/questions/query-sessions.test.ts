import { agrees } from './properties.ts';

agrees('query_sessions');
