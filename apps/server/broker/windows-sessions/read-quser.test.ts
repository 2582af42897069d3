import { describe, expect, it } from 'vitest';
import { readQuser } from './read-quser.ts';

const said = (stdout: string) => readQuser({ exitCode: 1, stdout, stderr: '' });

describe('what quser says', () => {
  it('is read in English', () => {
    const text = ` USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\r
>administrator         console             1  Active      none   9/20/2026 8:02 AM\r
 remote                rdp-tcp#55          2  Active          .  7/15/2026 9:12 AM\r
 alice                                     3  Disc      1+02:03  7/14/2026 10:00 PM\r
`;
    expect(said(text)).toEqual([
      { user: 'administrator', hostSessionId: '1', state: 'active' },
      { user: 'remote', hostSessionId: '2', state: 'active' },
      { user: 'alice', hostSessionId: '3', state: 'disconnected' },
    ]);
  });

  it('is read in German, with a name of 17 characters and a dot', () => {
    const text = ` BENUTZERNAME          SITZUNGSNAME       ID  STATUS  LEERLAUF   ANMELDEZEIT
>thorgil.eisenhand     rdp-tcp#10          5  Aktiv           .  07.09.2021 17:58
 manfred               console             4  Aktiv       Kein   28.04.2025 12:03
 gpt-fnk-ada-6                             9  Getr.          32  19.04.2019 08:13
`;
    expect(said(text)).toEqual([
      { user: 'thorgil.eisenhand', hostSessionId: '5', state: 'active' },
      { user: 'manfred', hostSessionId: '4', state: 'active' },
      { user: 'gpt-fnk-ada-6', hostSessionId: '9', state: 'disconnected' },
    ]);
  });

  it('is read in French, also when letters were lost on the way', () => {
    const text = ` UTILISATEUR           SESSION            ID  \uFFFDTAT    TEMPS INACT TEMPS SESSION
>freg                  console             1  Actif        aucun   08/09/2026 08:01
 adm martin            rdp-tcp#3           2  Actif               5 02/10/2026 09:44
 admin                                     12  D\uFFFDco          1:12   07/09/2026 18:30
`;
    expect(said(text)).toEqual([
      { user: 'freg', hostSessionId: '1', state: 'active' },
      { user: 'adm martin', hostSessionId: '2', state: 'active' },
      { user: 'admin', hostSessionId: '12', state: 'disconnected' },
    ]);
  });

  it('is nobody when it says so, and unknown when it fails or cannot be understood', () => {
    const failed = (stderr: string, exitCode = 1) => readQuser({ exitCode, stdout: '', stderr });
    expect(failed('No User exists for *\r\n')).toEqual([]);
    expect(failed('Es ist kein Benutzer für * vorhanden.')).toEqual([]);
    expect(failed('Error 0x00000005 enumerating sessionnames\r\nError [5]:Access is denied.')).toBeNull();
    expect(failed('')).toBeNull();
    expect(failed('something', 9009)).toBeNull();
    expect(said(' USERNAME  SESSIONNAME\n what is this\n')).toBeNull();
  });
});
