import { App } from 'aws-cdk-lib';
import { MillimetricStack } from '../lib/stack.ts';

/** The app that `npx cdk deploy` deploys: one stack, every setting at its default. To change one, give it here (lib/stack.ts names them all). */
const app = new App();
new MillimetricStack(app, 'Millimetric');
