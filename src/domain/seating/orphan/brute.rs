//! The rule once more, as its text says it and with no code in common: characters in rows, every placement tried.

use super::{OrphanMode, Verdict};

/// The open run of place `at`: consecutive `.` around it.
fn run(row: &[char], at: usize) -> Vec<usize> {
    let mut run = vec![at];
    while run[0] > 0 && row[run[0] - 1] == '.' {
        run.insert(0, run[0] - 1);
    }
    while row.get(run[run.len() - 1] + 1) == Some(&'.') {
        run.push(run[run.len() - 1] + 1);
    }
    run
}

/// f is a new orphan iff f ∉ S, f open, its open run after S has length 1, and before S it had length ≥ 2.
pub fn orphans(row: &[char], chosen: &[usize]) -> Vec<usize> {
    let mut after = row.to_vec();
    chosen.iter().for_each(|&at| after[at] = 'x');
    let new = |&f: &usize| after[f] == '.' && run(&after, f).len() == 1 && run(row, f).len() >= 2;
    (0..row.len()).filter(new).collect()
}

/// Whether a block of `n` can be put into the open run without a new orphan.
fn avoids(row: &[char], open_run: &[usize], n: usize) -> bool {
    open_run.windows(n).any(|block| orphans(row, block).is_empty())
}

fn runs(row: &[char]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = (0..row.len()).filter(|&at| row[at] == '.').map(|at| run(row, at)).collect();
    runs.dedup();
    runs
}

pub fn judge(rows: &[Vec<char>], row: usize, chosen: &[usize], mode: OrphanMode) -> (Verdict, Vec<usize>) {
    let here = &rows[row];
    if mode == OrphanMode::Off {
        return (Verdict::Ok, Vec::new());
    }
    let all = orphans(here, chosen);
    let mut verdicts = Vec::new();
    for touched in runs(here).iter().filter(|run| run.iter().any(|at| chosen.contains(at))) {
        if !touched.iter().any(|at| all.contains(at)) {
            continue;
        }
        let n = touched.iter().filter(|at| chosen.contains(at)).count();
        let avoidable = match mode {
            OrphanMode::Strict => rows.iter().any(|row| runs(row).iter().any(|run| avoids(row, run, n))),
            _ => avoids(here, touched, n),
        };
        verdicts.push(match (mode, avoidable) {
            (OrphanMode::Advise, _) => Verdict::Warn,
            (_, true) => Verdict::Reject,
            (_, false) => Verdict::Unavoidable,
        });
    }
    let gravest = [Verdict::Reject, Verdict::Unavoidable, Verdict::Warn].into_iter().find(|v| verdicts.contains(v));
    (gravest.unwrap_or(Verdict::Ok), all)
}
