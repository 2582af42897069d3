import { type Layout, layout, type Plane } from './layout.ts';

// As Windows lays them out. A blank is a key without a character; `◌` makes the next one a dead key.

const us = layout(
  ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'\\", '\\zxcvbnm,./'],
  ['~!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"|', '|ZXCVBNM<>?'],
  ['', '', '', ''],
);
const british = layout(
  ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'#", '\\zxcvbnm,./'],
  ['¬!"£$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:@~', '|ZXCVBNM<>?'],
  ['¦   €        ', '  é   úíó   ', 'á           ', '           '],
);
const french = layout(
  ['²&é"\'(-è_çà)=', 'azertyuiop◌^$', 'qsdfghjklmù*', '<wxcvbn,;:!'],
  [' 1234567890°+', 'AZERTYUIOP◌¨£', 'QSDFGHJKLM%µ', '>WXCVBN?./§'],
  ['  ◌~#{[|◌`\\^@]}', '  €        ¤', '            ', '           '],
  'all',
);
const belgian = layout(
  ['²&é"\'(§è!çà)-', 'azertyuiop◌^$', 'qsdfghjklmùµ', '<wxcvbn,;:='],
  ['³1234567890°_', 'AZERTYUIOP◌¨*', 'QSDFGHJKLM%£', '>WXCVBN?./+'],
  [' |@#  ^  {}  ', '  €       []', '          ◌´◌`', '\\         ◌~'],
  'all',
);
const germanShift: Plane = ['°!"§$%&/()=?◌`', 'QWERTZUIOPÜ*', "ASDFGHJKLÖÄ'", '>YXCVBNM;:_'];
const german = layout(['◌^1234567890ß◌´', 'qwertzuiopü+', 'asdfghjklöä#', '<yxcvbnm,.-'], germanShift, [
  '  ²³   {[]}\\ ',
  '@ €        ~',
  '            ',
  '|      µ   ',
]);
const swissAltGr: Plane = [' ¦@#  ¬|¢  ◌´◌~', '  €       []', '          {}', '\\          '];
const swissGerman = layout(
  ["§1234567890'◌^", 'qwertzuiopü◌¨', 'asdfghjklöä$', '<yxcvbnm,.-'],
  ['°+"*ç%&/()=?◌`', 'QWERTZUIOPè!', 'ASDFGHJKLéà£', '>YXCVBNM;:_'],
  swissAltGr,
);
const swissFrench = layout(
  ["§1234567890'◌^", 'qwertzuiopè◌¨', 'asdfghjkléà$', '<yxcvbnm,.-'],
  ['°+"*ç%&/()=?◌`', 'QWERTZUIOPü!', 'ASDFGHJKLöä£', '>YXCVBNM;:_'],
  swissAltGr,
);
const spanish = layout(
  ["º1234567890'¡", 'qwertyuiop◌`+', 'asdfghjklñ◌´ç', '<zxcvbnm,.-'],
  ['ª!"·$%&/()=?¿', 'QWERTYUIOP◌^*', 'ASDFGHJKLÑ◌¨Ç', '>ZXCVBNM;:_'],
  ['\\|@#◌~€¬      ', '  €       []', '          {}', '           '],
);
const italian = layout(
  ["\\1234567890'ì", 'qwertyuiopè+', 'asdfghjklòàù', '<zxcvbnm,.-'],
  ['|!"£$%&/()=?^', 'QWERTYUIOPé*', 'ASDFGHJKLç°§', '>ZXCVBNM;:_'],
  ['             ', '  €       []', '         @# ', '           '],
);
const nordicAltGr: Plane = ['  @£$€ {[]}\\ ', '  €        ◌~', '            ', '|      µ   '];
const swedish = layout(
  ['§1234567890+◌´', 'qwertyuiopå◌¨', "asdfghjklöä'", '<zxcvbnm,.-'],
  ['½!"#¤%&/()=?◌`', 'QWERTYUIOPÅ◌^', 'ASDFGHJKLÖÄ*', '>ZXCVBNM;:_'],
  nordicAltGr,
);

const danish = layout(
  ['½1234567890+◌´', 'qwertyuiopå◌¨', "asdfghjklæø'", '<zxcvbnm,.-'],
  ['§!"#¤%&/()=?◌`', 'QWERTYUIOPÅ◌^', 'ASDFGHJKLÆØ*', '>ZXCVBNM;:_'],
  ['  @£$€ {[]} |', nordicAltGr[1], nordicAltGr[2], '\\      µ   '],
);
const norwegian = layout(
  ['|1234567890+\\', 'qwertyuiopå◌¨', "asdfghjkløæ'", '<zxcvbnm,.-'],
  ['§!"#¤%&/()=?◌`', 'QWERTYUIOPÅ◌^', 'ASDFGHJKLØÆ*', '>ZXCVBNM;:_'],
  ['  @£$€ {[]} ◌´', nordicAltGr[1], nordicAltGr[2], nordicAltGr[3]],
);
const portuguese = layout(
  ["\\1234567890'«", 'qwertyuiop+◌´', 'asdfghjklçº◌~', '<zxcvbnm,.-'],
  ['|!"#$%&/()=?»', 'QWERTYUIOP*◌`', 'ASDFGHJKLÇª◌^', '>ZXCVBNM;:_'],
  ['  @£§€ {[]}  ', '  €       ◌¨ ', '            ', '           '],
);
const polish = layout(
  ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'\\", '\\zxcvbnm,./'],
  ['~!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"|', '|ZXCVBNM<>?'],
  ['             ', '  ę     ó   ', 'ąś      ł   ', ' żźć  ń    '],
);

/** By the language part of a Windows locale id; where countries differ, by the whole id first. */
const byLocale: Readonly<Record<number, Layout>> = {
  2057: british,
  2060: belgian,
  2067: belgian,
  2055: swissGerman,
  4108: swissFrench,
  2064: swissGerman,
};
const byLanguage: Readonly<Record<number, Layout>> = {
  6: danish,
  7: german,
  9: us,
  10: spanish,
  11: swedish,
  12: french,
  16: italian,
  20: norwegian,
  21: polish,
  22: portuguese,
  29: swedish,
};

/** Locales whose own keyboard is neither their language's nor here. */
const usLocales: ReadonlySet<number> = new Set([0x0c0c, 0x1009, 0x0416]);

/**
 * The layout for `keyboardLayout` of the client's core data (its low 16 bits are a Windows locale id); US where we have none. Keyboards
 * that this does not know still type ASCII, and clients of phones send Unicode anyway.
 */
export function layoutFor(keyboardLayout: number): Layout {
  const locale = keyboardLayout & 0xffff;
  if (usLocales.has(locale)) return us;
  return byLocale[locale] ?? byLanguage[locale & 0x3ff] ?? us;
}
