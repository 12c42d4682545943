import { agrees } from './properties.ts';

agrees('compare_projects');
