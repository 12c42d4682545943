import { agrees } from './properties.ts';

agrees('find_people');
