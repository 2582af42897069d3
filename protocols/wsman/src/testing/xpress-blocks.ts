import { inflateSync } from 'node:zlib';

// Blocks that wimlib 1.13.6 compressed (`wimlib_compress`, XPRESS), deflated once more to be short here.
const block = (text: string): Uint8Array => inflateSync(Buffer.from(text, 'base64'));

/** Of `line N: N*N` with a line feed each, N from 0 to 59. */
export const linesBlock = block(
  'eNpjYAACdgY4YIXSri4uoaGsDFhAAxCyczBQCeAyqCABJp/BDqHTwErTGELBdAqDA5gOYA8Aq0vgaGAnx/7Xr1+8vfj85flN1y24nI3k3Fd4PHn5uH/yQgsv9WALrqh9ofaTLi5cnB7g' +
    '5c62uvlq3lu+79tKqxS4PVZV5Qe83pMvsOtsAYeV9MXbW6Z9ui0rLWjXaprDEsIxT/B4aaZlgKOpR4iFmxDXluYmUSY+1gVfvi9mdT0sz76OM8vXUahxdpO2jG3T1NlxB7uuHHjgebtM' +
    'r+vgNtmTHI3OPxIeLj2VNEHDyuex7KEFH88d/fAh0MLI7rA3W7u096PlcuaVhzcs2NNZ/+nc30WLC+aziKTOTmh6/dPOsCdBZN/hgxo7+vY7TfGVcP1kHDj9V6ulYbOvhwbr/+OmSkqc' +
    'OT0nZJ8csGVgAADeqXvK',
);

/** Of 65,536 zeros. */
export const zerosBlock = block('eNpjZBhYwAShFAbMARYMDP9//wcAGl4DVQ==');

/** Of 2,000 letters from a to t: xorshift32 from 2463534242 on, modulo 20. */
export const lettersBlock = block(
  'eNpjYCANBLi6hLiGhIa6hLIwUANwo/G50MRhNCeU3g6l2aD0Mig9FU2cWOCRZSqyxnrSNb1FIjtPcK+fpFrwPFbbU3Su/oz/ZZv3zF1lnb75zMEuztPliufFO6VsQz95Ry4Rkkrm063U' +
    'MbBevcRzczHTtZyHG3micj8KWTtva8q4UPY5rEvQYYq66qepzRu6EsNmpL02OxO+eFvmwo8Ck26zuy4/GzN726EHMh+mi23YUeF96kZR5QT11BjH4HymR2eexXSLJYf5TI9fpt3/c4Wz' +
    'zp1zHB8b7ByneAdcjlGf0pgkd/N3Ky//FOPps9dxi2S7rAvdGWcUKLBXtIPHOGHaInaXXydzxa5M2Tr18tkJUzff7bWxXB8h+ypQXGl9/jze+WmqxSxzHQK4Fn4U2t64MS3nzsylRx7v' +
    'ZZIL8f9j+OffRL8ZHXL1Zr3bV6zVfr9ky6s/Qc03jVu3KXzuF9bXnMoczamY/UZz8q2FotkPMvXzGy36i2Tfxvy13Bu3P0LnQmiPtFR47la+eE//YJ8o9y4G47fzVIuL0iYy3TRat+WL' +
    '05HzLVnaRc9j5hqpfHV+e8KotqhYflWSmGhLn4ln4+uNM+ru+xvvcusNXzvR8a5YTH5+j0kC6/0pq8pKlY/NW+uYPj22yeTBhQs/XgYWzOXr3rVnRfztaaXJwf8UciyPT77leeXxrt0c' +
    'pzimfEsU+DzjaEy/4pEp57dfc7n25t216X/+Lfi0hMekOna+qyS/b7Jh++umJetKk0s8V8hklIQfNpOZwCzeu0Bm6eRrpj3HtG4dCxP9vuz1tc05udcjjt3+Ev1j+eaTfXYZ1bO/3v35' +
    'pUp38r2cI5cP7smPlDaO2x8faPgtWOp9c7RvtoC4zX02kxtrdl2UN2QNeT3hd2mc++odTKmPdG99bzW6Yf3m6OWJT/jqbgRpx9yNPuGlvVOnzOzGRpXg0+kGNfvc1t+adPy625KVtgX/' +
    'jxw3bHeKSz3/Uuzm18pJ5fc+1jtI8+v9L+l2lfH+4f/gUxaX980n27e2VSeX7rsnusJ+dt21thkvpj9JiGzzZqsNqrFdb1s7OU/SVe9Ws/wfbXvTiLL4CaY399REzU4Sf1V1+sYLn5QY' +
    'xy+m808vWKtmsjzy/Fn9J9Pa8uI9RBSDvr4+rvzTZ6qW/cRDVb933Pwi92uTmLmsWmNM7s+pRe2X6uXOat+P4l1W/15Qiu+mUp2s/jHTypTT94X8Ai7tmcspXrb3Kk/e+9fmT9d6f/rj' +
    '/efAHZU7wjkb9v9xjLQPrY3V50jdWX63wtzi7CPfT3Ou32a2m6sa3bPRYO6z+KBXT1n5ZqXkza1mOHDo+qwfRf7xi+fd1/oqW89xN/Bh0mfz48cPvL/H9VrrpUb3Tbt1wSXx+Y/dH4fy' +
    'C8rOTrTY7PuhSPh/zpaL24//Lujv/XI495fk7Eqhz2WP/qwWPb3kfv+yVy1P8i3zpsjae1tY8fte6WScvv7K1U+d+/dP709Yymjt/IL7u33/guhD2mzzNx9vKgmcr5K5v47jd4uVqkhN' +
    '0OsF1/U6TUNVv27S/G2td7W2du28fVsFXVTTY5UORj/b92XOzwpbI/WXHl9d73rMz/n836L0Q2N97dHX+4tqP+fFP/vOMVNWf3r112Y9aflLhk/iV+SbvK9PZ/jAwAAA4gFCJA==',
);
