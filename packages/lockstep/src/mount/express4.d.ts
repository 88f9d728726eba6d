declare module 'express4' {
  const express: typeof import('express');
  export default express;
}
