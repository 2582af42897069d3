#!/usr/bin/perl
# Stands between the agent and one command, so that nothing that the command starts can outlive what asked for it.
# Perl because every Debian has it (perl-base is essential) and Node can neither be a subreaper nor make a pseudo-terminal.
#
# fd 0, 1, 2: the command's streams. fd 3: control, both ways. First comes what to run: a 32-bit length, then fields divided by NUL:
#   uid, gid, groups (by commas), terminal (80x24 or empty), folder, number of arguments, arguments…, environment (NAME=value)…
# then lines: S<signal number> to the command's process group, R<columns>x<rows>. Answers are lines: P<pid>, E<wait status>.
# The end of fd 3 (the agent asked for it, or died in whatever way) kills everything that descends from here.
use strict;
use warnings;
use Fcntl;
use POSIX qw(:sys_wait_h EAGAIN EINTR EWOULDBLOCK dup2 setsid _exit);

my %prctl_number = (x86_64 => 157, aarch64 => 167, riscv64 => 167, i686 => 172, armv7l => 172, ppc64le => 171, s390x => 172);
my $prctl = $prctl_number{ (POSIX::uname())[4] };
sub prctl { my ($what, $value) = @_; return defined $prctl && syscall($prctl, $what, $value, 0, 0, 0) == 0 }

$SIG{PIPE} = $SIG{HUP} = $SIG{INT} = $SIG{QUIT} = 'IGNORE';
prctl(36, 1);    # PR_SET_CHILD_SUBREAPER: whoever loses its parent becomes our child

open(my $control, '+<&=', 3) or die "no control channel: $!\n";
binmode $control;
$control->autoflush(1) if $control->can('autoflush');

sub read_exactly {
    my ($length) = @_;
    my $bytes = '';
    while (length $bytes < $length) {
        my $got = sysread $control, $bytes, $length - length $bytes, length $bytes;
        next if !defined $got && $! == EINTR;
        exit 1 unless $got;
    }
    return $bytes;
}
my ($uid, $gid, $groups, $terminal, $folder, $count, @rest) = split /\0/, read_exactly(unpack 'N', read_exactly(4)), -1;
my @command     = splice @rest, 0, $count;
my %environment = map { /^([^=]+)=(.*)$/s ? ($1, $2) : () } @rest;

sub nonblocking { my ($handle) = @_; fcntl $handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK; return $handle }

my ($master, $slave_name, @child_ends, $in_write, $out_read, $err_read);
if ($terminal) {
    sysopen($master, '/dev/ptmx', O_RDWR | O_NOCTTY) or die "no pseudo-terminal: $!\n";
    my ($unlock, $number) = (pack('i', 0), pack('i', 0));
    ioctl($master, 0x40045431, $unlock) or die "no pseudo-terminal: $!\n";    # TIOCSPTLCK
    ioctl($master, 0x80045430, $number) or die "no pseudo-terminal: $!\n";    # TIOCGPTN
    $slave_name = '/dev/pts/' . unpack 'i', $number;
    chown $uid, -1, $slave_name if $> == 0;
    resize($terminal);
    $in_write = $out_read = nonblocking($master);
}
else {
    # Real pipes, not the sockets that Node gives: programs open /dev/stdout, which a socket refuses.
    pipe(my $in_read, $in_write) or die "no pipe: $!\n";
    pipe($out_read, my $out_write) or die "no pipe: $!\n";
    pipe($err_read, my $err_write) or die "no pipe: $!\n";
    @child_ends = ($in_read, $out_write, $err_write);
    nonblocking($_) for $in_write, $out_read, $err_read;
}

sub resize {
    my ($columns, $rows) = $_[0] =~ /^(\d{1,4})x(\d{1,4})$/ or return;
    ioctl $master, 0x5414, pack('S4', $rows, $columns, 0, 0) if $master;      # TIOCSWINSZ
}

pipe(my $wake_read, my $wake_write) or die "no pipe: $!\n";
nonblocking($_) for $wake_read, $wake_write;
$SIG{CHLD} = sub { syswrite $wake_write, 'c' };
my $stop = 0;
$SIG{TERM} = sub { $stop = 1; syswrite $wake_write, 't' };

sub become_command {
    $SIG{$_} = 'DEFAULT' for qw(PIPE HUP INT QUIT CHLD TERM);
    setsid();
    if ($terminal) {
        sysopen(my $slave, $slave_name, O_RDWR) or _exit(126);
        ioctl $slave, 0x540E, 0;                                               # TIOCSCTTY
        dup2(fileno $slave, $_) for 0, 1, 2;
    }
    else { dup2(fileno $child_ends[$_], $_) for 0, 1, 2 }
    POSIX::close($_) for 3 .. 63;
    my $fail = sub { syswrite STDERR, "$_[0]\n"; _exit($_[1]) };
    if ($> == 0 && $uid ne '') {
        local $! = 0;
        $) = join ' ', $gid, $gid, split /,/, $groups;
        POSIX::setgid($gid) && POSIX::setuid($uid) || $fail->("cannot become user $uid: $!", 126);
        $fail->("cannot become user $uid", 126) if $< != $uid || $> != $uid || ($uid != 0 && POSIX::setuid(0));
    }
    prctl(1, 9);                                                               # PR_SET_PDEATHSIG, SIGKILL
    _exit(137) if getppid() != $_[0];
    umask 022;
    # Only now: what the client put into its environment must not reach a program that still runs as root.
    %ENV = %environment;
    chdir $folder or $fail->("cannot enter $folder: $!", 126);
    { no warnings 'exec'; exec { $command[0] } @command; }
    $fail->("'$command[0]' is not recognized as a command or program: $!", $! == POSIX::ENOENT() ? 127 : 126);
}

my $self = $$;
my $main = fork;
defined $main or die "cannot start a process: $!\n";
become_command($self) if $main == 0;
close $_ for @child_ends;
print_control("P$main");
nonblocking($control);

sub print_control { my $line = "$_[0]\n"; syswrite $control, $line }

# One pump per stream: it reads only when everything read before was written, which is all the back-pressure there is to have.
sub pump { my ($from, $to) = @_; return { from => $from, to => $to, buffer => '', ended => 0 } }
nonblocking($_) for *STDIN, *STDOUT, *STDERR;
my $input  = pump(*STDIN, $in_write);
my @output = (pump($out_read, *STDOUT), $err_read ? pump($err_read, *STDERR) : ());
close STDERR unless $err_read;
my ($status, $told, $lines) = (undef, 0, '');

sub fill {
    my ($pump) = @_;
    my $got = sysread $pump->{from}, $pump->{buffer}, 65536;
    return 1 if $got;
    return 0 if !defined $got && ($! == EAGAIN || $! == EWOULDBLOCK || $! == EINTR);
    $pump->{ended} = 1;    # also EIO: the last user of a pseudo-terminal is gone
    return 0;
}

# False when the reader is gone.
sub drain {
    my ($pump) = @_;
    my $put = syswrite $pump->{to}, $pump->{buffer};
    if (defined $put) { substr $pump->{buffer}, 0, $put, ''; return 1 }
    return $! == EAGAIN || $! == EWOULDBLOCK || $! == EINTR;
}

sub end_input {
    return unless $input;
    if ($terminal) { syswrite $in_write, "\x04" } else { close $in_write }
    undef $input;
}

sub descendants {
    my (%children, %session);
    opendir my $proc, '/proc' or return;
    for my $pid (grep { /^\d+$/ } readdir $proc) {
        open my $file, '<', "/proc/$pid/stat" or next;
        my $line = <$file> // next;
        my ($state, $parent, undef, $sid) = $line =~ /^.*\) (\S) (\d+) (\d+) (\d+)/s or next;
        next if $state eq 'Z';
        push @{ $children{$parent} }, $pid;
        push @{ $session{$sid} }, $pid;
    }
    my (%found, @todo);
    @todo = (@{ $children{$$} // [] }, @{ $session{$main} // [] });
    while (defined(my $pid = shift @todo)) {
        next if $found{$pid}++ || $pid == $$;
        push @todo, @{ $children{$pid} // [] };
    }
    return grep { $_ != $$ } keys %found;
}

sub kill_everything {
    for my $round (1 .. 400) {
        my @left = descendants();
        kill 'STOP', @left if @left && $round > 1;    # whoever forks faster than we look
        kill 'KILL', @left if @left;
        1 while waitpid(-1, WNOHANG) > 0;
        last unless @left;
        select undef, undef, undef, 0.005;
    }
    exit 0;
}

# The command has ended and all its output has gone out: only its orphans are left, and what they print goes nowhere.
sub tell_end {
    $told = 1;
    print_control("E$status");
    exit 0 if waitpid(-1, WNOHANG) < 0;
}

while (1) {
    kill_everything() if $stop;
    my ($readers, $writers) = ('', '');
    vec($readers, fileno $_, 1) = 1 for $control, $wake_read;
    if ($input) {
        if   ($input->{buffer} eq '') { vec($readers, 0, 1) = 1 }
        else                          { vec($writers, fileno $input->{to}, 1) = 1 }
    }
    for my $one (@output) {
        if ($one->{buffer} ne '') { vec($writers, fileno $one->{to}, 1) = 1 }
        elsif (!$one->{ended})    { vec($readers, fileno $one->{from}, 1) = 1 }
    }
    my $leftover = defined $status && !$told && grep { $_->{to} && $_->{buffer} eq '' } @output;
    next if select($readers, $writers, undef, $leftover ? 0 : undef) < 0;

    if (vec $readers, fileno $wake_read, 1) {
        sysread $wake_read, my $ignored, 4096;
        my $pid;
        while (($pid = waitpid -1, WNOHANG) > 0) { $status = $? if $pid == $main && !defined $status }
        exit 0 if $pid < 0 && $told;
    }
    if (vec $readers, fileno $control, 1) {
        my $got = sysread $control, $lines, 4096, length $lines;
        kill_everything() if defined $got ? $got == 0 : $! != EAGAIN && $! != EINTR;
        while ($lines =~ s/^([^\n]*)\n//) {
            my $line = $1;
            if    ($line =~ /^S(\d{1,2})$/) { defined $status or kill $1, -$main or kill $1, $main }
            elsif ($line =~ /^R(.+)$/)      { resize($1) }
        }
    }
    if ($input) {
        if ($input->{buffer} eq '') {
            fill($input) if vec $readers, 0, 1;
            end_input() if $input->{ended};
        }
        elsif (vec $writers, fileno $input->{to}, 1) { drain($input) or end_input() }
    }
    for my $one (@output) {
        # Once the command has ended, what is left in its pipe is all there is, even if somebody in the background still holds it open.
        if ($one->{buffer} eq '' && !$one->{ended} && (defined $status || vec $readers, fileno $one->{from}, 1)) {
            fill($one) or !defined $status or $one->{closed} = 1;
            $one->{closed} = 1 if $one->{ended};
        }
        if ($one->{to} && $one->{buffer} ne '' && !$told) { drain($one) or kill_everything() }
        elsif ($told) { $one->{buffer} = '' }
        if ($one->{closed} && $one->{to} && $one->{buffer} eq '') { close $one->{to}; undef $one->{to} }
    }
    tell_end() if defined $status && !$told && !grep { $_->{to} } @output;
}
