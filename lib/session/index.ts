export { createSession, type Applied, type Session, type SessionOptions } from './session.js';
