use super::*;
use crate::platform::env::OsEntropy;
use std::fs;

fn stores(choice: StoreChoice, folder: &Path, passphrase_file: Option<&Path>) -> Stores {
    Stores::new(choice, &Dirs::find(Some(folder)).unwrap(), passphrase_file, Arc::new(OsEntropy))
}

#[tokio::test]
async fn what_is_kept_in_memory_comes_back_until_it_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = stores(StoreChoice::Memory, folder.path(), None).first_working().await.unwrap();
    assert!(store.get("a").await.unwrap().is_none());
    store.set("a", SecretString::from("one")).await.unwrap();
    assert_eq!(store.clone().get("a").await.unwrap().unwrap().expose_secret(), "one");
    store.delete("a").await.unwrap();
    store.delete("a").await.unwrap();
    assert!(store.get("a").await.unwrap().is_none());
}

#[tokio::test]
async fn a_store_that_never_answers_is_given_up_and_asked_nothing_more_until_it_does() {
    let questions = Questions::to(StoreKind::System);
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let asked = questions.ask_within(Duration::from_millis(1), move || {
        let _ = wait.recv();
        Ok(())
    });
    let why = asked.await.unwrap_err().why;
    assert!(why.contains("did not answer within"), "{why}");
    let second = questions.ask_within(Duration::from_millis(50), || -> Result<(), Trouble> {
        panic!("the first is still being answered")
    });
    let why = second.await.unwrap_err().why;
    assert!(why.contains("did not answer within"), "{why}");
    drop(release);
    assert_eq!(questions.ask(|| Ok(7)).await, Ok(7));
}

#[tokio::test]
async fn a_store_that_has_gone_is_named_with_its_reason_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let stores = stores(StoreChoice::Auto, folder.path(), None);
    assert!(stores.open_expected().await.unwrap().is_none());
    stores.remember(StoreKind::File);
    let why = stores.open_expected().await.err().unwrap().why;
    for part in ["is kept in an encrypted file", "passphrase_file", "sign in anew"] {
        assert!(why.contains(part), "{why}");
    }
}

#[tokio::test]
async fn a_memo_that_names_no_store_is_none() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("credential-store"), [0xff, 0, b'\n']).unwrap();
    assert_eq!(stores(StoreChoice::Auto, folder.path(), None).expected(), None);
    fs::write(folder.path().join("credential-store"), "file\nmore\n").unwrap();
    assert_eq!(stores(StoreChoice::Auto, folder.path(), None).expected(), None);
}

#[tokio::test]
async fn the_survey_of_a_chosen_store_says_so_and_asks_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let survey = stores(StoreChoice::Memory, folder.path(), None).survey().await;
    assert_eq!((survey.kind, survey.works), (StoreKind::Memory, Ok(())));
    assert!(survey.why.contains("the setting credential_store names it"));
    assert_eq!(survey.others.len(), StoreKind::ALL.len() - 1);
    assert!(survey.others.iter().all(|other| other.because == "the setting credential_store names another one"));
}

#[tokio::test]
async fn the_survey_of_a_chosen_store_that_does_not_work_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let survey = stores(StoreChoice::File, folder.path(), None).survey().await;
    assert_eq!(survey.kind, StoreKind::File);
    assert!(survey.works.unwrap_err().why.contains("passphrase_file"));
}
